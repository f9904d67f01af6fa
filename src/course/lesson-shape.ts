/**
 * What is wrong with the shape of an author's lesson. The compiler checks the lessons of the course; an author, who may not
 * run one, gets the first fault as a sentence: what is missing, and what it should look like.
 */

import { builtInNames } from "../core/exploration.js";
import { faultNames } from "../core/fault.js";
import type { Claim, ExerciseAsks, Lesson, Scenario, SizeAndFaults } from "../core/lesson.js";
import { isMonitor } from "../core/monitor.js";
import { capabilities } from "../core/store.js";
import { suggest } from "../core/suggest.js";
import { count } from "../report/number.js";

export interface ShapeFault {
  readonly says: string;
  /** How to find the line in the source: the first of these expressions that matches. */
  readonly near?: readonly RegExp[];
  /** What the author's code threw. Its stack has the line. */
  readonly error?: unknown;
}

type Fields = { readonly [name: string]: unknown };

const isObject = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const isName = (value: unknown): value is string => typeof value === "string" && value.trim() !== "";
const isText = (value: unknown): boolean => isName(value) || (isObject(value) && isName(value["en"]) && isName(value["ko"]));
const isCount = (value: unknown, least: number): boolean => Number.isInteger(value) && (value as number) >= least;
/** How to find the line of a field, or of a method, in a lesson's source. */
export const field = (name: string): RegExp => new RegExp(`\\b${name}\\b\\s*[:(,]`);
/** How to find the line of a name in quotation marks. */
export const quoted = (text: string): RegExp => new RegExp(`["'\`]${text.replace(/[^\w\s]/g, "\\$&")}["'\`]`);

/** The first line that matches one of these expressions; an earlier expression comes before a later one. 1: none matches. */
export function lineOf(text: string, near: readonly RegExp[]): number {
  const lines = text.split("\n");
  for (const one of near) {
    const index = lines.findIndex((line) => one.test(line));
    if (index >= 0) return index + 1;
  }
  return 1;
}

/** The first fault, in the order in which an author writes a lesson; null: none. */
export function faultOf(lesson: unknown, strategies: readonly string[]): ShapeFault | null {
  try {
    for (const fault of faults(lesson, strategies)) return fault;
    return null;
  } catch (error) {
    return { says: `its own code throws ${error}`, error };
  }
}

function* faults(lesson: unknown, strategies: readonly string[]): Generator<ShapeFault> {
  if (!isObject(lesson))
    yield { says: "there is no lesson here. It is the default export: export default lesson({ … })", near: [] };
  else {
    yield* plainFields(lesson);
    for (const [id, variant] of Object.entries((lesson["variants"] ?? {}) as Fields)) {
      const fault = strategyFault(variant, `variant "${id}"`, [quoted(id), field(id)]);
      if (fault) yield fault;
    }
    yield* scenarios(lesson as unknown as Lesson);
    yield* claims(lesson as unknown as Lesson, strategies);
    yield* questions(lesson as unknown as Lesson, strategies);
    yield* goals(lesson as unknown as Lesson);
    yield* askedFor(lesson as unknown as Lesson);
  }
}

function* plainFields(lesson: Fields): Generator<ShapeFault> {
  for (const name of ["title", "summary"])
    if (!isText(lesson[name]))
      yield { says: `${name} is missing. It is a text: ${name}: { en: "…", ko: "…" }, or only "…"`, near: [field(name)] };
  const { size, load } = lesson;
  if (!isObject(size) || !isCount(size["tasks"], 1))
    yield { says: "size has no tasks: how many clients the explorer lets in, as in size: { tasks: 3 }", near: [field("size")] };
  if (!isObject(load) || !isCount(load["requests"], 1) || typeof load["think"] !== "number")
    yield {
      says: "load has to say what real threads get, as in load: { requests: 100, think: 1 } (think in milliseconds)",
      near: [field("load")],
    };
  for (const name of ["scenario", "label"])
    if (typeof lesson[name] !== "function") yield { says: `${name} is missing: it is a function`, near: [field(name)] };
  for (const name of ["claims", "questions"])
    if (lesson[name] !== undefined && !Array.isArray(lesson[name]))
      yield { says: `${name} is a list: [ … ]`, near: [field(name)] };
  if (lesson["variants"] !== undefined && !isObject(lesson["variants"]))
    yield { says: "variants is an object: strategies by their ids", near: [field("variants")] };
}

/** What a strategy lacks; null: nothing. `what` names the strategy in the sentence. */
export function strategyFault(strategy: unknown, what: string, near: readonly RegExp[]): ShapeFault | null {
  if (!isObject(strategy) || typeof strategy["run"] !== "function")
    return { says: `${what} is no strategy: strategy({ summary, cost, requires, run(work, session) { … } })`, near };
  for (const name of ["summary", "cost"])
    if (!isName(strategy[name])) return { says: `${what} has no ${name}: one sentence for the learner`, near };
  const { requires } = strategy;
  if (!Array.isArray(requires)) return { says: `${what} has no requires: what the store must be able to do, or []`, near };
  const strange = requires.find((capability) => !(String(capability) in capabilities));
  return strange === undefined
    ? null
    : {
        says: `${what} requires "${strange}"; ${suggest(String(strange), Object.keys(capabilities))}`,
        near: [quoted(String(strange))],
      };
}

/** The scenario at the size that the explorer uses, and at the size that threads use. */
function* scenarios(lesson: Lesson): Generator<ShapeFault> {
  for (const tasks of [lesson.size.tasks, lesson.load.requests]) {
    const size = { ...lesson.size, tasks };
    let scenario: Scenario;
    try {
      scenario = lesson.scenario(size);
    } catch (error) {
      yield { says: `scenario(${JSON.stringify(size)}) throws ${error}`, near: [field("scenario")], error };
      return;
    }
    yield* scenarioFaults(scenario, tasks);
  }
}

function* scenarioFaults(scenario: Scenario, tasks: number): Generator<ShapeFault> {
  const near = [field("scenario")];
  if (!isObject(scenario)) return yield { says: "scenario returns no object: { rows, tasks, properties, tally }", near };
  const { rows, tally, properties } = scenario;
  if (!isObject(rows))
    yield { says: 'scenario has no rows, as in rows: { "stock/1": { left: 3 } }', near: [field("rows"), ...near] };
  for (const [key, row] of Object.entries(rows))
    if (!/^[^/]+\/./.test(key) || !isObject(row))
      yield {
        says: `row "${key}" is not table/id with columns, as in "stock/1": { left: 3 }`,
        near: [quoted(key), field("rows")],
      };
  if (!Array.isArray(scenario.tasks) || scenario.tasks.length !== tasks) {
    const given = Array.isArray(scenario.tasks) ? count(scenario.tasks.length, "task") : "no tasks";
    yield { says: `scenario gives ${given} where it is asked for ${tasks}`, near: [/\btasks\s*:\s*[^\s\d]/, ...near] };
  }
  for (const work of new Set<unknown>(scenario.tasks))
    if (!isObject(work) || !isName(work["name"]) || !Array.isArray(work["keys"]) || typeof work["body"] !== "function") {
      const what = isObject(work) && isName(work["name"]) ? `task "${work["name"]}"` : "a task";
      yield {
        says: `${what} is no work: { name, keys: ["stock/1"], async body({ read, write }) { … } }`,
        near: [/:\s*Work\b/, ...near],
      };
    }
  yield* propertyFaults(properties);
  yield* tallyFaults(tally, rows);
}

const kinds = ["invariant", "outcome", "monitor", "history"];

function* propertyFaults(properties: Scenario["properties"]): Generator<ShapeFault> {
  const near = [field("properties"), field("scenario")];
  if (!Array.isArray(properties) || properties.length === 0)
    return yield { says: "scenario has no properties: a list of what must be true", near };
  const names = new Set<string>();
  for (const property of properties as readonly unknown[]) {
    const { name, kind, test, monitor } = (isObject(property) ? property : {}) as Fields;
    if (!isName(name)) yield { says: 'a property has no name: a rule, as in "every sale is counted"', near };
    const here = [quoted(String(name)), ...near];
    if (names.has(String(name))) yield { says: `two properties are named "${name}"`, near: here };
    names.add(String(name));
    if (!kinds.includes(String(kind)))
      yield { says: `property "${name}" has no kind: ${kinds.map((kind) => `"${kind}"`).join(", ")}`, near: here };
    if (kind === "monitor" && !isMonitor(monitor))
      yield { says: `property "${name}" has no monitor: { start(tasks) { … }, step(watched, event) { … } }`, near: here };
    if (kind !== "monitor" && typeof test !== "function")
      yield {
        says: `property "${name}" has no test: a function that answers null, or one sentence that says what is wrong`,
        near: here,
      };
  }
}

function* tallyFaults(tally: Scenario["tally"], rows: Scenario["rows"]): Generator<ShapeFault> {
  const near = [field("tally"), field("scenario")];
  if (!isObject(tally) || !isName(tally["name"]) || !isName(tally["done"]))
    return yield {
      says: 'tally is missing: the one number of the picture, { name: "stock", done: "sold", actual, expected }',
      near,
    };
  for (const name of ["actual", "expected"])
    if (typeof tally[name] !== "function") return yield { says: `tally has no ${name}: a function that gives a number`, near };
  try {
    const [actual, expected] = [tally.actual(rows), tally.expected({ before: rows, outcomes: [] })];
    if (actual !== expected)
      yield { says: `tally is off before anything has happened: actual says ${actual}, expected says ${expected}`, near };
  } catch (error) {
    yield { says: `tally throws ${error}`, near, error };
  }
}

function* claims({ claims = [], variants = {}, ...lesson }: Lesson, strategies: readonly string[]): Generator<ShapeFault> {
  const known = [...strategies, ...Object.keys(variants)];
  for (const claim of claims as readonly unknown[]) {
    if (!isObject(claim) || !isName(claim["strategy"])) {
      yield { says: "a claim names no strategy", near: [field("claims")] };
      continue;
    }
    const { strategy, because, size } = claim as unknown as Claim & Fields;
    const near = [new RegExp(`strategy:\\s*${quoted(strategy).source}`), field("claims")];
    if (!known.includes(strategy)) {
      const advice = suggest(strategy, known);
      yield { says: `a claim names strategy "${strategy}", neither of the course nor a variant of this lesson; ${advice}`, near };
    }
    if ((claim["holds"] === true) === isName(claim["breaks"]))
      yield { says: `the claim about ${strategy} says neither holds: true nor breaks: "…", or both`, near };
    if (!isText(because))
      yield { says: `the claim about ${strategy} has no because: one sentence for the learner, { en: "…", ko: "…" }`, near };
    yield* settingFaults(`the claim about ${strategy}`, claim as unknown as Claim, lesson);
    if (!isName(claim["breaks"])) continue;
    const { properties } = lesson.scenario({ ...lesson.size, ...size });
    const names = [...properties.map(({ name }) => name), ...Object.values(builtInNames)];
    const breaks = claim["breaks"];
    if (!names.includes(breaks))
      yield { says: `a claim breaks "${breaks}", which is no property; ${suggest(breaks, names)}`, near: [quoted(breaks)] };
  }
}

/** A misspelt fault never happens and a misspelt size changes nothing: then what was to break holds, and the claim is about nothing. */
export function* settingFaults(
  what: string,
  { size = {}, faults = {} }: SizeAndFaults,
  lesson: Pick<Lesson, "size" | "scenario">,
): Generator<ShapeFault> {
  for (const name of Object.keys(faults))
    if (!faultNames.includes(name))
      yield { says: `${what} names the fault "${name}"; ${suggest(name, faultNames)}`, near: [setting(name)] };
  const read = readBy(lesson, size);
  for (const name of Object.keys(size))
    if (!read.has(name))
      yield {
        says: `${what} gives the size "${name}", which scenario does not read; ${suggest(name, [...read])}`,
        near: [setting(name)],
      };
}

const setting = (name: string): RegExp => new RegExp(`\\b(size|faults):\\s*\\{[^}]*\\b${name.replace(/\W/g, "\\$&")}\\b`);

/** The names of sizes that the scenario reads; "servers" is for the explorer. */
function readBy(
  { size, scenario }: Pick<Lesson, "size" | "scenario">,
  over: Readonly<Record<string, number>>,
): ReadonlySet<string> {
  const given = { ...size, ...over };
  const read = new Set(["tasks", "servers", ...Object.keys(size)]);
  scenario(
    new Proxy(given, {
      get(target, name) {
        read.add(String(name));
        return target[name as string];
      },
      ownKeys(target) {
        for (const name of Object.keys(target)) read.add(name);
        return Reflect.ownKeys(target);
      },
    }),
  );
  return read;
}

/** A goal is of a property: under a misspelt name it would never be shown. */
function* goals({ goals = {}, claims = [], ...lesson }: Lesson): Generator<ShapeFault> {
  const scenarios = [{}, ...claims.map(({ size = {} }) => size)].map((size) => lesson.scenario({ ...lesson.size, ...size }));
  const names = scenarios.flatMap(({ properties }) => properties.map(({ name }) => name));
  const known = [...new Set([...names, ...Object.values(builtInNames)])];
  for (const [name, goal] of Object.entries(goals)) {
    const near = [quoted(name), field("goals")];
    if (!known.includes(name)) yield { says: `a goal is of "${name}", which is no property; ${suggest(name, known)}`, near };
    if (!isText(goal)) yield { says: `the goal of "${name}" is no text: { en: "Lose a sale", ko: "…" }`, near };
  }
}

/** What an exercise asks for names what a store can do. */
function* askedFor({ exercise }: Lesson): Generator<ShapeFault> {
  if (exercise === undefined) return;
  const near = [field("exercise")];
  const { asks, ways, without = [] } = (isObject(exercise) ? exercise : {}) as unknown as Partial<ExerciseAsks>;
  if (!isText(asks) || !Array.isArray(ways) || !ways.every((way) => isText(way?.because) && Array.isArray(way?.uses)))
    return yield { says: 'exercise is { asks: "one sentence", ways: [{ uses: ["locks"], because: "…" }] }', near };
  for (const name of [...without, ...ways.flatMap(({ uses }) => uses)])
    if (!(name in capabilities))
      yield { says: `exercise names "${name}"; ${suggest(name, Object.keys(capabilities))}`, near: [quoted(name), ...near] };
}

function* questions({ questions = [], variants = {} }: Lesson, strategies: readonly string[]): Generator<ShapeFault> {
  for (const question of questions as readonly unknown[]) {
    const { kind, ask, strategy, also, options, answer, because } = (isObject(question) ? question : {}) as Fields;
    const near = [field("questions")];
    const right =
      kind === "choice"
        ? Array.isArray(options) &&
          options.every(isText) &&
          isCount(answer, 0) &&
          (answer as number) < options.length &&
          isText(because)
        : kind === "ends" || kind === "how-many"
          ? [...strategies, ...Object.keys(variants)].includes(String(strategy)) && (kind === "how-many" || Array.isArray(also))
          : false;
    if (!isText(ask) || !right)
      yield { says: 'a question is { kind: "ends" | "how-many" | "choice", ask, … }: see Question in core/lesson.ts', near };
  }
}
