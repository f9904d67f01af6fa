/**
 * What `explore` and its neighbours are given, looked over before anything runs: a misspelt word, a question about nothing and
 * an answer that is none would otherwise all come out as "holds".
 */

import { builtInNames } from "../core/exploration.js";
import { failures, Impossible, NotApplicable } from "../core/failure.js";
import { guarded, noSentence } from "../core/guarded.js";
import type { Language } from "../core/language.js";
import { isMonitor } from "../core/monitor.js";
import type { Rows } from "../core/operation.js";
import type { Property } from "../core/property.js";
import { suggest } from "../core/suggest.js";
import type { Table } from "../core/table.js";
import { model } from "../model/model.js";
import { defaultLimits, type ExploreOptions, type ExplorerInput, endedAtOnce } from "../simulator/index.js";

const words = (list: Record<string, true>): readonly string[] => Object.keys(list);

const optionNames = words({
  rows: true,
  tables: true,
  model: true,
  tasks: true,
  servers: true,
  strategy: true,
  properties: true,
  label: true,
  grade: true,
  language: true,
  failures: true,
  unchecked: true,
  faults: true,
  limits: true,
  verdictOnly: true,
  symmetry: true,
  mergeEnded: true,
  now: true,
  onProgress: true,
  cancelled: true,
} satisfies Record<keyof ExploreOptions, true>);

const tableWords = words({ columns: true, primaryKey: true, unique: true, checks: true, heap: true } satisfies Record<
  keyof Table,
  true
>);

const kinds = words({ invariant: true, outcome: true, monitor: true, history: true } satisfies Record<Property["kind"], true>);

/** The options with their defaults. Throws a sentence about what cannot be meant. */
export function complete(options: ExploreOptions): ExplorerInput {
  // A lesson's scenario fits as it is; its tally is for pictures.
  known("option", Object.keys(options), [...optionNames, "tally"]);
  known("built-in property", options.unchecked ?? [], Object.values(builtInNames));
  known("failure code", options.failures ?? [], Object.keys(failures));
  known("limit", Object.keys(options.limits ?? {}), Object.keys(defaultLimits));
  const { tables, tasks, properties = [], language = "en" } = options;
  if (!Array.isArray(tasks) || tasks.length === 0)
    throw new Impossible("there are no tasks, so there is nothing to try: give `tasks`, async functions of a session");
  for (const [i, task] of tasks.entries())
    if (typeof task !== "function" && typeof task?.body !== "function")
      throw new Impossible(`task ${i + 1} is neither a function nor a work: write async (session) => …, and do not call it`);
  for (const [name, table] of Object.entries(tables ?? {})) known(`word in the table "${name}"`, Object.keys(table), tableWords);
  if (tables && options.model)
    throw new Impossible("`tables` and `model` exclude each other: give tables, or write model: (rows) => model(rows, tables)");
  return {
    ...options,
    rows: options.rows ?? {},
    model: options.model ?? ((rows: Rows) => model(rows, tables)),
    now: options.now ?? (() => performance.now()),
    properties: checkedProperties(properties, language),
  };
}

/** The question is not empty: some task takes a step, and the strategy fits every work. */
export async function refuseEmpty(input: ExplorerInput): Promise<void> {
  const { tasks, strategy } = input;
  const ended = await endedAtOnce(input);
  const unfit = ended.find(({ task, outcome }) => outcome.status === "failed" && typeof tasks[task - 1] !== "function");
  if (unfit && strategy)
    throw new NotApplicable(`the strategy does not apply to task ${unfit.task}: ${unfit.outcome.detail}. Nothing was tried`);
  if (ended.length < tasks.length) return;
  const failed = ended.find(({ outcome }) => outcome.status === "failed");
  throw new Impossible(
    failed
      ? `no task takes a step, so nothing was tried: task ${failed.task} fails at once: ${failed.outcome.detail}`
      : "no task takes a step, so nothing was tried: what tasks share is read and written through their session, " +
          "as in session.read(key); a variable or a Map of the process is not seen",
  );
}

/** Throws for the first name that is not known, with those that are. */
export function known(what: string, names: readonly string[], all: readonly string[]): void {
  for (const name of names)
    if (!all.includes(name)) throw new Impossible(`there is no ${what} called "${name}": ${suggest(name, all)}`);
}

function checkedProperties(properties: readonly Property[], language: Language): readonly Property[] {
  const builtIn: readonly string[] = Object.values(builtInNames);
  const names = new Set<string>();
  return properties.map((property, i) => {
    const { name, kind } = property;
    if (typeof name !== "string" || name === "") throw new Impossible(`property ${i + 1} has no name`);
    known(`kind of property ("${name}")`, [kind], kinds);
    if (property.kind === "monitor" ? !isMonitor(property.monitor) : typeof property.test !== "function")
      throw new Impossible(
        kind === "monitor"
          ? `property "${name}" has no monitor: { start(tasks) { … }, step(watched, event) { … } }`
          : `property "${name}" has no test: give it a function`,
      );
    if (builtIn.includes(name)) throw new Impossible(`"${name}" is a property that is always tested: choose another name`);
    if (names.has(name)) throw new Impossible(`two properties are called "${name}": an answer could not tell them apart`);
    names.add(name);
    return guarded(property, language, (answer) => {
      if (typeof answer === "string" && answer !== "") return answer;
      throw new Impossible(noSentence(name, answer));
    });
  });
}
