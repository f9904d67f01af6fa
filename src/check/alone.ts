/**
 * One request with nobody else there: what it leaves behind under an answer, against what it leaves under the lesson's solution.
 *
 * An answer that refuses every request, or says yes and does nothing, breaks few properties, because nothing happens. Its words
 * tell nothing either: "ok" is easily said. So rows, calls and messages are compared, as far as solution and bare rule agree on
 * them: what only one of the two leaves is its own bookkeeping (keys of requests, a saga's log), and an answer may keep others. A
 * request that only looks leaves nothing: it has to look where the rule looks, and to tell what is there, also a moment later.
 */
import type { Text } from "../core/language.js";
import type { Lesson, Scenario } from "../core/lesson.js";
import { inOneForm } from "../core/one-form.js";
import type { Key, Operation, Rows } from "../core/operation.js";
import type { Strategy } from "../core/strategy.js";
import { type Outcome, outcomeText, type Work } from "../core/work.js";
import { model } from "../model/model.js";
import { ExploredGraph, type Limits } from "../simulator/index.js";

/** For a request alone. */
const LOOK: Partial<Limits> = { states: 20_000, seconds: 5 };

type Drain = () => Promise<void>;
type Ran = { readonly rows: Rows; readonly outcome: Outcome | undefined };
/** All ways in which a request can end alone, and the tables that it looked into on some way. */
interface Alone {
  readonly ends: readonly Ran[];
  readonly looked: ReadonlySet<string>;
}

/**
 * The first request that leaves something else behind than it should, in a sentence; null: all do as under the solution. At the
 * lesson's own size: what other sizes are about (a poisoned message, no courier) is better shown by a schedule.
 */
export async function differsAlone(lesson: Lesson, strategy: Strategy, solution: Strategy, drain?: Drain): Promise<Text | null> {
  const scenario = lesson.scenario(lesson.size);
  const works = new Set(scenario.tasks);
  for (const work of works) {
    const [bare, right] = [await alone(scenario, work, null, drain), await alone(scenario, work, solution, drain)];
    const mine = await alone(scenario, work, strategy, drain);
    const found = difference(scenario.rows, work, { bare: bare.ends, right: right.ends, mine: mine.ends });
    if (found) return found;
    if (!onlyLooks(scenario.rows, bare.ends)) continue;
    const unseen = [...bare.looked].filter((table) => right.looked.has(table) && !mine.looked.has(table));
    if (unseen.length > 0) return looksElse(work.name, unseen.join(", "));
    // What it tells of the beginning it could tell by heart. So it is asked once more when another request is done.
    for (const other of works) {
      const after = await alone(scenario, other, solution, drain);
      const [rows, ...more] = distinct(after.ends, ({ rows }) => inOneForm(rows));
      if (other === work || !rows || more.length > 0) continue;
      const later = { ...scenario, rows: JSON.parse(rows) as Rows };
      const says = async (strategy: Strategy | null) => told((await alone(later, work, strategy, drain)).ends);
      const [should, is] = [await says(solution), await says(strategy)];
      if (same(await says(null), should) && !same(is, should))
        return tellsElse(work.name, other.name, should.join(" or "), is.join(" or "));
    }
  }
  return null;
}

/** Alone from here on. More than one end: the environment chooses. */
async function alone(scenario: Scenario, work: Work, strategy: Strategy | null, drain: Drain | undefined): Promise<Alone> {
  const explored = await ExploredGraph.of({
    rows: scenario.rows,
    tasks: [work],
    ...(strategy && { strategy }),
    model: (rows) => model(rows, scenario.tables),
    limits: LOOK,
    now: () => performance.now(),
    drain,
  });
  return {
    ends: explored.ends.map(({ end: { rows, outcomes } }) => ({ rows, outcome: outcomes[0] })),
    looked: new Set(explored.operations.flatMap(tableOf)),
  };
}

/** The table that this operation reads; nothing for others. */
function tableOf(operation: Operation): readonly string[] {
  if (operation.kind === "select") return [operation.table];
  return reads.has(operation.kind) && "key" in operation ? [operation.key.slice(0, operation.key.indexOf("/"))] : [];
}
const reads: ReadonlySet<Operation["kind"]> = new Set(["read", "read-versioned", "select-for-update"]);

interface Ends {
  readonly bare: readonly Ran[];
  readonly right: readonly Ran[];
  readonly mine: readonly Ran[];
}

function difference(before: Rows, { name }: Work, { bare, right, mine }: Ends): Text | null {
  // It does not end, which the schedules show better; or the rule itself does not.
  if ([bare, right, mine].some((ends) => ends.length === 0 || ends.some(({ outcome }) => !outcome))) return null;
  const status = (ends: readonly Ran[]) => distinct(ends, ({ outcome }) => outcome!.status).join(" or ");
  if (status(mine) !== status(right)) return toldElse(name, status(right), mine[0]!.outcome!, status(mine));

  // Rows that were there are compared by key; what is new by table, because an answer may name its rows otherwise.
  const places = new Set(
    [...bare, ...right].flatMap(({ rows }) => [...Object.keys(before), ...Object.keys(rows)].map(placeIn(before))),
  );
  for (const place of places) {
    const rows = (ends: readonly Ran[]) => distinct(ends, ({ rows }) => rowsAt(place, rows, before));
    const [is, should] = [rows(mine), rows(right)];
    if (same(rows(bare), should) && !same(is, should)) return leavesElse(name, place, should.join(" or "), is.join(" or "));
  }
  for (const place of new Set([...bare, ...right].flatMap(({ rows }) => Object.keys(rows).flatMap(outside)))) {
    const count = (ends: readonly Ran[]) =>
      distinct(ends, ({ rows }) => `${Object.keys(rows).filter((key) => outside(key).includes(place)).length}`);
    if (!same(count(mine), count(right))) return sendsElse(name, place, count(right).join(" or "), count(mine).join(" or "));
  }
  // A request that only looks leaves nothing: there, what is told is what is done.
  if (onlyLooks(before, bare) && same(told(bare), told(right)) && !same(told(mine), told(right)))
    return toldElse(name, told(right).join(" or "), mine[0]!.outcome!, told(mine).join(" or "));
  return null;
}

const onlyLooks = (before: Rows, bare: readonly Ran[]): boolean =>
  bare.every(({ rows }) => inOneForm(rows) === inOneForm(before));
const told = (ends: readonly Ran[]) => distinct(ends, ({ outcome }) => (outcome ? outcomeText(outcome) : "-"));

const distinct = (ends: readonly Ran[], of: (end: Ran) => string): readonly string[] => [...new Set(ends.map(of))].sort();
const same = (some: readonly string[], others: readonly string[]): boolean => some.join("\n") === others.join("\n");

/** A key of a row that was there, or the table of a new one: "stock/1", "ledger". */
const placeIn = (before: Rows) => (key: Key) => (key in before ? key : key.slice(0, key.indexOf("/")));

/** What is there, as a text: a row that was there before, or the new rows of a table. */
function rowsAt(place: string, rows: Rows, before: Rows): string {
  if (place in before) return rows[place] ? inOneForm(rows[place]) : "-";
  const added = Object.keys(rows).filter((key) => placeIn(before)(key) === place);
  return (
    added
      .map((key) => inOneForm(rows[key]))
      .sort()
      .join(" ") || "-"
  );
}

/** "service/payments" of a call's row, "queue/orders" of a message's; nothing for other rows. */
const outside = (key: string): readonly string[] => (/^(service|queue)\/./.test(key) ? [key.slice(0, key.lastIndexOf("/"))] : []);

const toldElse = (work: string, should: string, outcome: Outcome, is: string): Text => {
  const why = outcome.status === "ok" || is.includes(outcome.detail) ? "" : ` (${outcome.detail})`;
  return {
    en: `alone, with nobody else there, "${work}" should be told ${should}, and is told ${is}${why}`,
    ko: `다른 요청이 없을 때 "${work}"의 답은 ${should}여야 하는데 ${is}입니다${why}`,
  };
};

const looksElse = (work: string, tables: string): Text => ({
  en: `"${work}" should look into the rows of ${tables}, and answers without reading them`,
  ko: `"${work}"에는 ${tables}의 행을 읽고 답해야 하는데, 읽지 않고 답합니다`,
});

const tellsElse = (work: string, other: string, should: string, is: string): Text => ({
  en: `after "${other}" is done, with nobody else there, "${work}" should be told ${should}, and is told ${is}`,
  ko: `"${other}" 작업이 끝난 뒤 다른 요청이 없을 때 "${work}"의 답은 ${should}여야 하는데 ${is}입니다`,
});

const leavesElse = (work: string, key: string, should: string, is: string): Text => ({
  en: `alone, with nobody else there, "${work}" should leave ${should} in ${key}, and leaves ${nothing(is, "nothing")}`,
  ko: `다른 요청이 없을 때 "${work}" 뒤에 ${key}에는 ${should} 값이 있어야 하는데, 있는 것은 ${nothing(is, "없음")}입니다`,
});

const nothing = (is: string, word: string): string => (is === "-" ? word : is);

const sendsElse = (work: string, place: string, should: string, is: string): Text => ({
  en: `alone, with nobody else there, "${work}" should leave ${should} in ${place}, and leaves ${is}`,
  ko: `다른 요청이 없을 때 "${work}" 뒤에 ${place}에는 ${should}개가 있어야 하는데 ${is}개입니다`,
});
