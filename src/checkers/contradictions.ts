/**
 * What no order of steps can explain, so it is looked for before any cycle: a read of a row that no task wrote, or that
 * was written only later; a task that does not see its own write; rows at the end that do not follow from the writes.
 * (Elle, VLDB 2020: garbage reads and internal inconsistency; Terry et al. 1994: read your writes.)
 *
 *     task 1   W 1 ────────── R 0      own write not seen
 *     task 2          R 7              unwritten read: the row was 0, and 1, and never 7
 *
 * A row is compared with what was written except for columns that a store adds: those of its key, and null. Where a row is
 * only worked out (an UPDATE in the order of replies, a statement without an answer), nothing is claimed of its table.
 */
import { getOrInsert } from "../core/get-or-insert.js";
import { isCertain } from "../core/history.js";
import type { Key, Row } from "../core/operation.js";
import { tableOf } from "../core/relation.js";
import type { Violation } from "../core/verdict.js";
import { inferred } from "./inferred.js";
import { isShownAs, same } from "./shown.js";
import { meetsCondition, type Version, type VersionStep, type VersionTrace } from "./versions.js";
import { asRead, object, subject, topic, type Wording, wrote } from "./wording.js";

/**
 * The kind of a contradiction, as `checkSerializable` and `anomalies` name it.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":0}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":7}}}`);
 * const answer = checkSerializable(history);
 * const name: ContradictionName | null = "contradiction" in answer ? answer.name : null;
 * console.log(name); // unwritten read
 * ```
 */
export type ContradictionName = "unwritten read" | "future read" | "own write not seen" | "the end is not the history's";

/**
 * A row that was read, or is there at the end, although the writes of the history cannot have left it so.
 *
 * ```ts
 * const history = parseHistory(`{"before":{"x":{"v":0}},"after":{"x":{"v":0}}}
 * {"task":1,"operation":{"kind":"read","key":"x"},"reply":{"value":{"v":7}}}`);
 * const answer = checkSerializable(history);
 * const why: Contradiction | null = "contradiction" in answer ? answer.contradiction : null;
 * console.log(why?.name, why?.key, why?.row, why?.events); // unwritten read x { v: 7 } [ 1 ]
 * ```
 */
export interface Contradiction {
  readonly name: ContradictionName;
  /** Of a select that counts or sums: the table. */
  readonly key: Key;
  /** What was read, or was there at the end; null: no row. */
  readonly row: Row | null;
  /** The events (by `n`) that show it: the write, if there is one, and the read. */
  readonly events: readonly number[];
}

/** What a contradiction is about besides: the write that should have been seen, the task that read. */
interface Found extends Contradiction {
  readonly read: VersionStep | null;
  readonly write: Version | null;
}

const known = new WeakMap<VersionTrace, readonly Found[]>();

/** The contradictions of a history, in the order of its reads, those of the end last. */
export function contradictions(trace: VersionTrace): readonly Found[] {
  const found = known.get(trace) ?? new Search(trace).run();
  known.set(trace, found);
  return found;
}

/** Rows that no task writes: services and queues as rows (model/services.ts, queues.ts). */
export const isComputed = (key: Key): boolean => key.startsWith("service/") || key.startsWith("queue/");

class Search {
  /** Every version of each row that was ever written, committed or not; the first is the row as it was before. */
  readonly #made = new Map<Key, Version[]>();
  readonly #tables = new Map<string, Set<Key>>();
  /** Whose rows the fold only infers. */
  readonly #isInferred: (key: Key) => boolean;
  /** By task, then by row: its own last write that it must see. */
  readonly #own = new Map<number, Map<Key, Version>>();

  constructor(readonly trace: VersionTrace) {
    this.#isInferred = inferred(trace);
    for (const [key, [before]] of trace.chains) {
      this.#made.set(key, [before!]);
      getOrInsert(this.#tables, tableOf(key), () => new Set()).add(key);
    }
    for (const { writes } of trace.steps) for (const version of writes) this.#made.get(version.key)!.push(version);
  }

  run(): readonly Found[] {
    const found: Found[] = [];
    for (const step of this.trace.steps) {
      found.push(...this.#step(step));
      this.#remember(step);
    }
    return [...found, ...this.#end()];
  }

  #step(step: VersionStep): readonly Found[] {
    const { operation, reply } = step.event;
    if ("error" in reply) return [];
    switch (operation.kind) {
      case "read":
        return this.#read(step, operation.key, reply.value as Row | null);
      case "read-versioned":
        return this.#read(step, operation.key, reply.value === null ? null : (reply.value as unknown as { row: Row }).row);
      case "select-for-update":
        if (reply.value === null && operation.ifLocked === "skip") return [];
        return this.#read(step, operation.key, reply.value as Row | null);
      case "select":
        return this.#select(step, reply.value as readonly Row[]);
      default:
        return [];
    }
  }

  #read(step: VersionStep, key: Key, row: Row | null): readonly Found[] {
    if (this.#isInferred(key)) return [];
    const own = this.#own.get(step.event.task)?.get(key);
    const [seen] = step.reads;
    if (seen && (!own || seen.version === own || this.#mayReplace(seen.version, own))) return [];
    const could = this.#versions(key).filter((version) => isShownAs(version, row));
    const since = could.find((version) => !this.#isAfter(version, step));
    if (!since) return [this.#unexplained(step, key, row, could[0] ?? null)];
    if (!own || could.some((version) => version === own || this.#mayReplace(version, own))) return [];
    return [{ name: "own write not seen", key, row, events: [own.n, step.event.n], read: step, write: own }];
  }

  #unexplained(step: VersionStep, key: Key, row: Row | null, write: Version | null): Found {
    const events = write ? [step.event.n, write.n] : [step.event.n];
    return { name: write ? "future read" : "unwritten read", key, row, events, read: step, write };
  }

  #select(step: VersionStep, rows: readonly Row[]): readonly Found[] {
    const { operation } = step.event;
    if (operation.kind !== "select") return [];
    const { table, where, aggregate, limit, ifLocked } = operation;
    const keys = [...(this.#tables.get(table) ?? [])];
    if (keys.some((key) => this.#isInferred(key)) || this.#isInferred(table)) return [];
    if (aggregate) return limit === undefined && ifLocked !== "skip" ? this.#aggregate(step, keys, rows[0]) : [];
    const found = rows.flatMap((row): Found[] => {
      if (step.reads.some(({ version }) => same(version.row, row))) return [];
      const could = keys.flatMap((key) => this.#versions(key)).filter((version) => isShownAs(version, row));
      if (could.some((version) => !this.#isAfter(version, step))) return [];
      return [this.#unexplained(step, could[0]?.key ?? table, row, could[0] ?? null)];
    });
    if (found.length > 0 || limit !== undefined || ifLocked === "skip") return found;
    const mine = this.#own.get(step.event.task);
    const isCurrent = (version: Version, own = mine?.get(version.key)) =>
      !own || version === own || this.#mayReplace(version, own);
    const shown = new Set(step.reads.flatMap(({ version }) => (isCurrent(version) ? version.key : [])));
    const isThere = (version: Version) => meetsCondition(version, where);
    return keys.flatMap((key): Found[] => {
      const own = mine?.get(key);
      if (shown.has(key) || (!own && !isThere(this.#versions(key)[0]!))) return [];
      const could = this.#versions(key).filter((version) => !this.#isAfter(version, step) && isCurrent(version));
      if (!could.every(isThere) || could.some((version) => rows.some((row) => isShownAs(version, row)))) return [];
      const seen = rows.find((row) => this.#versions(key).some((version) => isShownAs(version, row))) ?? null;
      if (!own) return [{ name: "unwritten read", key, row: null, events: [step.event.n], read: step, write: null }];
      return [{ name: "own write not seen", key, row: seen, events: [own.n, step.event.n], read: step, write: own }];
    });
  }

  /** Is there a version of each row so that together they give this count or sum? */
  #aggregate(step: VersionStep, keys: readonly Key[], shown: Row | undefined): readonly Found[] {
    const { operation } = step.event;
    if (operation.kind !== "select" || !operation.aggregate || !shown) return [];
    const [kind, column] = operation.aggregate;
    const value = Object.values(shown)[0];
    if (kind !== "count" && kind !== "sum") return [];
    if (typeof value !== "number" || !Number.isInteger(value) || value === total(step, kind === "sum" ? column : null)) return [];
    let sums = new Set([0]);
    for (const key of keys) {
      const parts = new Set(
        this.#versions(key)
          .filter((version) => !this.#isAfter(version, step))
          .map((version) => (meetsCondition(version, operation.where) ? (kind === "count" ? 1 : version.row![column]) : 0)),
      );
      if ([...parts].some((part) => !Number.isInteger(part))) return [];
      sums = new Set([...sums].flatMap((sum) => [...parts].map((part) => sum + Number(part))));
      if (sums.size > MOST_SUMS) return [];
    }
    return sums.has(value) ? [] : [this.#unexplained(step, operation.table, shown, null)];
  }

  /** Learns which of its own writes a task must see from now on. */
  #remember({ event: { n, task, operation }, unit, writes, installs }: VersionStep): void {
    // Of a transaction that never ended it is not known when it was lost: a crash is no event.
    if (unit.fate === "open" || unit.fate === "unknown") return;
    const own = getOrInsert(this.#own, task, () => new Map<Key, Version>());
    for (const version of writes) own.set(version.key, version);
    const isUndone = operation.kind === "rollback-to" || (operation.kind === "rollback" && unit.transaction);
    if (isUndone || (operation.kind === "commit" && installs.length === 0))
      for (const [key, version] of own) if (version.unit === unit && version.n < n) own.delete(key);
  }

  /** Rows at the end that are not the last written ones. */
  #end(): readonly Found[] {
    const { after } = this.trace.history;
    const keys = new Set([...this.trace.chains.keys(), ...Object.keys(after)]);
    return [...keys].flatMap((key): Found[] => {
      const row = after[key] ?? null;
      if (isComputed(key) || this.#isInferred(key)) return [];
      const chain = this.trace.chains.get(key) ?? [];
      const last = chain.at(-1);
      if (last ? isShownAs(last, row) : row === null) return [];
      const could = chain.filter((version) => isShownAs(version, row));
      const isLast = (version: Version) => !chain.slice(version.place + 1).some((later) => !this.#mayReplace(version, later));
      if (could.some(isLast)) return [];
      const events = last && last.n > 0 ? [last.n] : [];
      return [{ name: "the end is not the history's", key, row, events, read: null, write: last ?? null }];
    });
  }

  #versions(key: Key): readonly Version[] {
    return this.#made.get(key) ?? [{ key, row: null, by: 0, n: 0, unit: null, basis: null, installed: 0, place: 0 }];
  }

  /** Was the version certainly written only after the step? */
  #isAfter({ n }: Version, { event }: VersionStep): boolean {
    return n > event.n && isCertain(this.trace.history, [event.n, n]);
  }

  /** Can the version have taken effect after the other one was written? */
  #mayReplace(version: Version, other: Version): boolean {
    const last = version.installed ?? version.n;
    return last > other.n || (last > 0 && other.n > 0 && last !== other.n && !isCertain(this.trace.history, [last, other.n]));
  }
}

/** The count of the rows that the fold expects a select to find, or the sum of a column. */
const total = ({ reads }: VersionStep, column: string | null): number =>
  reads.reduce((sum, { version }) => sum + (column === null ? 1 : Number(version.row?.[column])), 0);

/** Sums that are kept in mind; with more of them nothing is claimed. */
const MOST_SUMS = 10_000;

/** Each contradiction with its sentence. */
export const contradicting = (trace: VersionTrace, words: Wording): Violation[] =>
  contradictions(trace).map((found) => ({
    property: "what is read was written",
    anomaly: found.name,
    schedule: null,
    explanation: words.say(sentence(found, words)),
    events: found.events,
    tasks: [...new Set([found.read?.event.task, found.write?.by])].filter((task) => task !== undefined && task > 0) as number[],
  }));

function sentence({ name, key, row, read, write }: Found, words: Wording): { en: string; ko: string } {
  const shown: Version = { key, row, by: 0, n: 0, unit: null, basis: null, installed: null, place: -1 };
  const said = words.row(shown, row ? Object.keys(row) : []);
  if (!read)
    return write && write.n > 0
      ? {
          en: `At the end there is ${said}, but the last write was ${words.row(write)}, by ${words.task(write.by)} at ${words.step(write.n)}.`,
          ko: `${subject(words, write.by)} ${words.step(write.n)}에서 마지막으로 ${wrote(words, write, words.row(write))}는데, 끝에는 ${said}입니다.`,
        }
      : {
          en: `At the end there is ${said}, but no task wrote it.`,
          ko: `끝에는 ${said}인데, 그것을 쓴 작업이 없습니다.`,
        };
  const { task, n } = read.event;
  const [a, ko] = [`${words.Task(task)} read ${said} at ${words.step(n)}`, `${subject(words, task)} ${words.step(n)}에서`];
  if (name === "unwritten read")
    return row
      ? { en: `${a}, but no task wrote it.`, ko: `${ko} ${asRead(words, shown, said)} 읽었지만, 그것을 쓴 작업이 없습니다.` }
      : {
          en: `${a}, but the row was there and no task deleted it.`,
          ko: `${ko} ${asRead(words, shown, said)} 읽었지만, 그 행은 있었고 지운 작업이 없습니다.`,
        };
  if (name === "future read")
    return {
      en: `${a}, but ${words.task(write!.by)} wrote it only at ${words.step(write!.n)}.`,
      ko: `${ko} ${asRead(words, shown, said)} 읽었지만, ${topic(words, write!.by)} ${words.step(write!.n)}에서야 ${wrote(words, write!, words.row(write!))}습니다.`,
    };
  return {
    en: `${words.Task(task)} wrote ${words.row(write!)} at ${words.step(write!.n)} and read ${said} at ${words.step(n)}: it did not see its own write.`,
    ko: `${subject(words, task)} ${words.step(write!.n)}에서 ${wrote(words, write!, words.row(write!))}고, ${words.step(n)}에서 ${row ? object(said) : asRead(words, shown, said)} 읽었습니다. 자기가 쓴 것을 보지 못했습니다.`,
  };
}
