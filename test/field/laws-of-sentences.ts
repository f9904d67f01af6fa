/** Laws of the sentences that tell of a counterexample. */
import { expect } from "vitest";
import { traceText, verdictOfTrace } from "../../src/commands/steps-text.js";
import type { Event, History } from "../../src/core/history.js";
import type { ExploredClaim } from "./explored-claims.js";

/** By step: the event that it answered; null: none. */
export type Steps = readonly (Event | null)[];

const DID =
  /[Tt]ask (\d+) (?:read|wrote|called|asked for|asked at|published|took the lock|looked|deleted|released)\b[^.:;]*? at step (\d+)/g;

/** Every step that is named is one of the schedule, and the task that is said to have done something there did. */
export function figuresOf(sentences: string, steps: Steps, tasks: number): void {
  for (const [, n] of sentences.matchAll(/step (\d+)/g))
    expect([sentences, Number(n) >= 1 && Number(n) <= steps.length]).toEqual([sentences, true]);
  for (const [, n] of sentences.matchAll(/[Tt]asks? (\d+)/g)) expect(Number(n)).toBeLessThanOrEqual(tasks);
  for (const [said, task, n] of sentences.matchAll(DID)) expect([said, steps[Number(n) - 1]?.task]).toEqual([said, Number(task)]);
}

/** "One after another" is said where nobody was interrupted and nobody waited; a refused insert names a row of its table. */
export function reasonOf(sentences: string, { events, outcomes }: History): void {
  const turns = events.filter(({ task }, i) => task !== events[i - 1]?.task).map(({ task }) => task);
  const isSerial = new Set(turns).size === turns.length && !events.some(({ waited }) => waited);
  const ended = turns.slice(0, -1).every((task) => outcomes[task - 1]);
  if (sentences.includes("The tasks ran one after another")) expect([sentences, isSerial && ended]).toEqual([sentences, true]);
  for (const [, n] of sentences.matchAll(/'s insert(?: row)? at step (\d+) was refused with 23505/g)) {
    const { operation } = events.find((event) => event.n === Number(n))!;
    const table = "table" in operation ? operation.table : "key" in operation ? operation.key.split("/")[0]! : "";
    expect(sentences).toMatch(new RegExp(`(had written|wrote) ${table}\\b`));
  }
}

/** Each broken property has its sentences, of its own figures; text and view say the same of its schedule. */
export function toldTheSame({ found, broken }: ExploredClaim): void {
  const { lesson: id, strategy } = found;
  expect(found.explanations.map(({ property }) => property)).toEqual(broken.map(({ property }) => property));
  for (const { property, kind, traced, steps, view } of broken) {
    const { sentences } = found.explanations.find((one) => one.property === property)!;
    expect(sentences).not.toBe("");
    figuresOf(
      sentences,
      steps.map(({ event }) => event),
      traced.stepper.position.tasks.length,
    );
    reasonOf(sentences, traced.stepper.history);
    // An invariant breaks on the way, a livelock never ends: only a schedule that has ended has a verdict of its own.
    if (!traced.stepper.position.over || kind === "invariant") continue;
    const { verdict, label } = verdictOfTrace(traced, steps);
    const text = traceText(traced, steps, "en");
    expect([id, strategy, verdict, view.broken.map((one) => one.property).includes(property)]).toEqual([
      id,
      strategy,
      "violated",
      true,
    ]);
    expect(view.label).toBe(label);
    expect(text.replace(/\s+/g, " ")).toContain(`FAIL ${property}`);
    expect(text.replace(/\s+/g, " ")).toContain(sentences.replace(/\s+/g, " "));
  }
}
