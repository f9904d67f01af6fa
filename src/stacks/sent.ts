/** The SQL that a strategy sends for one request of a lesson, found by running it: alone, on the model, from the first rows. */
import type { Lesson } from "../core/lesson.js";
import type { Key, Operation, Perform } from "../core/operation.js";
import { keyOf, relation } from "../core/relation.js";
import { scenarioAt } from "../core/scenario-at.js";
import { session } from "../core/session.js";
import { runWork, type Strategy } from "../core/strategy.js";
import { model } from "../model/model.js";
import { alone, macrotask } from "../simulator/index.js";
import { type PlainDialect, type PlainStep, plainStep } from "../stores/plain-sql.js";

interface SentStep {
  readonly operation: Operation;
  readonly shown: PlainStep;
}

/** What the first request of the lesson asks for, in order, until it has ended or waits for another one. */
export async function stepsAlone(
  lesson: Pick<Lesson, "scenario" | "size">,
  strategy: Strategy,
  dialect: PlainDialect,
): Promise<readonly SentStep[]> {
  const { rows, tables = {}, tasks } = scenarioAt(lesson, lesson.size, {});
  const [work] = tasks;
  const there = new Set<Key>(Object.keys(rows));
  const taken = new Map<string, "lock" | "lease" | "file">();
  const steps: SentStep[] = [];
  const note = (operation: Operation) => {
    if (operation.kind === "sleep") return;
    if (operation.kind === "acquire") taken.set(operation.lock, operation.lease ? "lease" : operation.lasting ? "file" : "lock");
    const setting = {
      dialect,
      tables,
      isThere: (key: Key) => there.has(key),
      taken: (lock: string) => taken.get(lock) ?? "lock",
    };
    steps.push({ operation, shown: plainStep(operation, setting) });
    if (operation.kind === "write" || operation.kind === "insert") there.add(operation.key);
    if (operation.kind === "delete") there.delete(operation.key);
    const key = operation.kind === "insert-row" && keyOf(relation(tables, operation.table), operation.row);
    if (key) there.add(key);
  };
  const body = (given: Parameters<Parameters<typeof alone>[0]>[0]) => {
    const perform: Perform = (operation) => {
      note(operation);
      // The schedule chooses, and here there is none.
      if (operation.kind === "choose") return Promise.resolve(operation.options[0] as never);
      return given.perform(operation);
    };
    return runWork(work!, session(perform), strategy);
  };
  await alone(body, model(rows, tables), macrotask);
  return steps;
}
