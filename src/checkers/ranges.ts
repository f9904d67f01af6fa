/**
 * A serialization failure that hangs on a range. The model remembers `id < 2` as the whole table, as a scan does; a server
 * may walk a part of the index, remember less, and let more through. So where one transaction is said to have read what
 * another wrote only because of that, the failure says so.
 */
import { holds } from "../core/expression.js";
import type { Condition, Key } from "../core/operation.js";
import { full, relation, tableOf } from "../core/relation.js";
import type { Unit, Version, VersionTrace } from "./versions.js";
import { subject, type Wording } from "./wording.js";

/** The sentence for a refusal of this transaction; empty: it does not hang on a range. */
export function rangeSentence(trace: VersionTrace, words: Wording, refused: Unit): string {
  const others = trace.units.filter((unit) => unit !== refused && isSerializable(unit) && overlap(unit, refused));
  const pairs = isSerializable(refused) ? others.flatMap((other) => [[refused, other] as const, [other, refused] as const]) : [];
  const [found] = pairs.flatMap(([reader, writer]) => rangeBetween(trace, reader, writer) ?? []);
  if (!found) return "";
  const { task, n, table } = found;
  return words.say({
    en: `The condition of ${words.task(task)} at ${words.step(n)} is a range of keys, and ranges count as scans: as if it had read all of ${table}. A server may remember less of it and let this through.`,
    ko: `${subject(words, task)} ${words.step(n)}에서 쓴 조건은 키의 범위이고, 범위는 스캔으로 칩니다. ${table} 전체를 읽은 것과 같습니다. 서버는 그보다 적게 기억해 이것을 통과시킬 수도 있습니다.`,
  });
}

const isSerializable = ({ steps: [first] }: Unit): boolean =>
  first?.event.operation.kind === "begin" && first.event.operation.isolation === "serializable";

const spanOf = ({ steps }: Unit) => [steps[0]!.event.n, steps.at(-1)!.event.n] as const;
function overlap(one: Unit, other: Unit): boolean {
  const [[a, b], [c, d]] = [spanOf(one), spanOf(other)];
  return a < d && c < b;
}

/** What a statement looks through for its condition. */
interface Scan {
  readonly task: number;
  readonly n: number;
  readonly table: string;
  readonly where: Condition | undefined;
  /** The key's column, of which it asks for a range; null: any server scans the table. */
  readonly column: string | null;
}

/** The range for which alone `reader` has read what `writer` wrote; undefined: there is none, or it has read that anyhow. */
function rangeBetween(trace: VersionTrace, reader: Unit, writer: Unit): Scan | undefined {
  const writes = writer.steps.flatMap((step) => step.writes);
  const read = new Set(reader.steps.flatMap(({ reads }) => reads.map(({ version }) => version.key)));
  if (writes.some(({ key }) => read.has(key))) return undefined;
  const scans = scansOf(trace, reader).filter(({ table }) => writes.some(({ key }) => tableOf(key) === table));
  const hasRead = ({ table, where, column }: Scan) =>
    column === null ||
    writes.some((made) => tableOf(made.key) === table && around(trace, made).some((one) => isIn(one, column, where)));
  return scans.some(hasRead) ? undefined : scans[0];
}

function scansOf(trace: VersionTrace, { steps }: Unit): readonly Scan[] {
  return steps.flatMap(({ event: { operation, reply, task, n } }): Scan[] => {
    if (!("table" in operation) || operation.kind === "insert-row" || "error" in reply) return [];
    const { table, where } = operation;
    const parts = partsOf(where).map(([operator, ...sides]) => {
      const column = sides.find((side) => typeof side === "string") as string | undefined;
      return { operator, column: column !== undefined && isKey(trace, table, column) ? column : null };
    });
    if (parts.some(({ operator, column }) => column !== null && (operator === "=" || operator === "in"))) return [];
    const range = parts.find(({ operator, column }) => column !== null && /^[<>]=?$/.test(`${operator}`));
    return [{ task, n, table, where, column: range?.column ?? null }];
  });
}

/** The parts that AND joins. */
function partsOf(where: Condition | undefined): readonly (readonly unknown[])[] {
  if (!Array.isArray(where)) return [];
  const [operator, ...parts] = where as readonly unknown[];
  return operator === "and" ? parts.flatMap((part) => partsOf(part as Condition)) : [where as readonly unknown[]];
}

const idOf = (key: Key): string => key.slice(tableOf(key).length + 1);
/** A history does not say how a table is declared: the key's column is the one that no row has beside its key. */
const isKey = (trace: VersionTrace, table: string, column: string): boolean =>
  [...trace.chains].every(
    ([key, chain]) =>
      tableOf(key) !== table || chain.every(({ row }) => row === null || !(column in row) || `${row[column]}` === idOf(key)),
  );

/** The version that was written, and the row as it was before. */
const around = (trace: VersionTrace, made: Version): readonly Version[] => {
  const before = trace.chains.get(made.key)?.findLast(({ n }) => n < made.n);
  return before ? [before, made] : [made];
};

const isIn = ({ key, row }: Version, column: string, where: Condition | undefined): boolean =>
  row !== null && holds(where, full(relation({ [tableOf(key)]: { primaryKey: [column] } }, tableOf(key)), key, row));
