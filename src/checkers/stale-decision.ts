/**
 * Look, then act: a task looks at rows, other tasks change what it saw, and the task acts on it without looking again:
 * it inserts, updates, calls a service, publishes, or its statement is refused. A write from a copy of the same row is a
 * lost update (lost-update.ts); here the act is anything else.
 *
 *     request 1   R no booking ─────────────────────── I booking/a       two bookings, each after a true answer
 *     request 2                R no booking  I booking/b
 *
 * Where a lock was near, the name says what is wrong with it: it was *released too early*, *taken after the look*, or
 * taken *inside an older snapshot*, which goes on showing what was there before the lock.
 */
import type { Anomaly } from "../core/anomaly.js";
import type { Event } from "../core/history.js";
import { particle } from "../core/korean.js";
import type { Text } from "../core/language.js";
import type { Condition, Operation } from "../core/operation.js";
import type { Violation } from "../core/verdict.js";
import { unseen } from "./dependencies.js";
import { change } from "./lost-update.js";
import { same } from "./shown.js";
import type { Version, VersionStep, VersionTrace } from "./versions.js";
import { differing, object, subject, type Wording } from "./wording.js";

/** A look that went out of date, the change, and the act that came after it. */
interface StaleDecision {
  readonly look: VersionStep;
  /** The version that the look showed; null: it did not show the row, which was not there or did not match. */
  readonly seen: Version | null;
  readonly changed: Version;
  readonly act: VersionStep;
}

export function staleDecision(trace: VersionTrace, words: Wording): Violation[] {
  return staleDecisions(trace).map((decision) => {
    const { look, changed, act } = decision;
    const lock = lockAround(trace, decision);
    return {
      property: "what was looked at is still so when it is acted on",
      anomaly: lock?.anomaly ?? "check then act",
      schedule: null,
      tasks: [act.event.task, changed.by],
      events: [...new Set([look.event.n, changed.n, ...(lock ? [lock.n] : []), act.event.n])].sort((a, b) => a - b),
      explanation: [told(words, decision), ...(lock ? [words.say(lock.says(words))] : [])].join(" "),
    };
  });
}

/** For each act the look that is nearest to it; the act that comes first, first. */
export function staleDecisions(trace: VersionTrace): readonly StaleDecision[] {
  const found = trace.steps.flatMap((look) => outdated(trace, look).flatMap((fact) => actOn(trace, { look, ...fact }) ?? []));
  const nearest = new Map<number, StaleDecision>();
  for (const one of found) nearest.set(one.act.event.n, nearer(nearest.get(one.act.event.n), one));
  return [...nearest.values()].sort((a, b) => a.act.event.n - b.act.event.n);
}

/** A row that was shown says more than one that was not; then the later look. */
const nearer = (one: StaleDecision | undefined, other: StaleDecision): StaleDecision =>
  one && one.look.event.n >= other.look.event.n ? one : other;

/** What the step looked at and another task changed afterwards. */
function outdated(trace: VersionTrace, look: VersionStep): readonly Pick<StaleDecision, "seen" | "changed">[] {
  const { task } = look.event;
  const shown = look.reads
    .filter(({ copy }) => copy)
    .flatMap(({ version }) => {
      const later = trace.chains.get(version.key)?.slice(version.place + 1) ?? [];
      const changed = version.place < 0 ? undefined : later.find(({ by, row }) => by !== task && !same(row, version.row));
      return changed ? [{ seen: version, changed }] : [];
    });
  const missed = unseen(trace, look).flatMap(({ version, seen }) =>
    seen || version.by === task ? [] : { seen: null, changed: version },
  );
  return [...shown, ...missed];
}

/** The first act of the task after the change, if it does not look again before. */
function actOn(trace: VersionTrace, fact: Omit<StaleDecision, "act">): StaleDecision | null {
  const { look, changed } = fact;
  const { task } = look.event;
  for (const step of trace.steps.slice(look.event.n)) {
    if (step.event.task !== task) continue;
    if (looksAgain(step, fact)) return null;
    if (step.event.n > changed.installed! && isAct(step) && !isGuarded(step, fact)) return { ...fact, act: step };
  }
  return null;
}

function looksAgain({ event, reads, sees }: VersionStep, { look, seen, changed }: Omit<StaleDecision, "act">): boolean {
  const { operation } = event;
  const isSame =
    seen && "key" in operation
      ? reads.some(({ copy, version }) => copy && version.key === seen.key)
      : operation.kind === "select" && look.event.operation.kind === "select" && operation.table === look.event.operation.table;
  return isSame && sees >= changed.installed!;
}

/** It changed rows, called, published, or was refused. A commit only shows what was done before. */
const isAct = ({ event, writes }: VersionStep): boolean =>
  writes.length > 0 || "error" in event.reply || event.operation.kind === "call" || event.operation.kind === "publish";

/** The statement itself tests what was looked at, or it is a write from a copy of the row, which has a name of its own. */
function isGuarded({ event }: VersionStep, { seen, changed }: Omit<StaleDecision, "act">): boolean {
  const { operation, reply } = event;
  if ("error" in reply || !("key" in operation) || operation.key !== (seen ?? changed).key) return false;
  if (operation.kind !== "update-where") return operation.kind !== "delete";
  const columns = differing(seen ? [seen, changed] : [changed]);
  return operation.where !== undefined && mentionsAny(operation.where, columns);
}

const mentionsAny = (condition: Condition, columns: readonly string[]): boolean =>
  Array.isArray(condition) && condition.flat(9).some((part) => typeof part === "string" && columns.includes(part));

function told(words: Wording, { look, seen, changed, act }: StaleDecision): string {
  const { task, n } = look.event;
  const columns = seen ? differing([seen, changed]) : undefined;
  const what = seen?.row
    ? { en: `read ${words.row(seen, columns)}`, ko: `${object(words.row(seen, columns))} 읽었` }
    : seen
      ? { en: `looked for ${words.key(seen.key)} and found none`, ko: `${object(words.key(seen.key))} 찾았지만 없었` }
      : asked(look.event);
  const row = seen?.row ? change(words, changed, columns ?? []) : wroteRow(words, changed);
  const did = acted(words, act);
  const { reply } = act.event;
  // The server itself refuses what rests on an old look; any other refusal has another reason.
  const isRefusedForIt = "error" in reply && (reply.error === "40001" || reply.error === "23505");
  const then = isRefusedForIt
    ? { en: `So ${words.task(task)}'s ${did.en.replace(/^its /, "")}`, ko: `그래서 ${words.task(task)}의 ${did.ko}` }
    : { en: `${words.Task(task)} did not look again: ${did.en}`, ko: `${subject(words, task)} 다시 보지 않았습니다. ${did.ko}` };
  return words.say({
    en: `${words.Task(task)} ${what.en} at ${words.step(n)}. ${words.Task(changed.by)} ${row}. ${then.en}.`,
    ko: `${subject(words, task)} ${words.step(n)}에서 ${what.ko}습니다. ${subject(words, changed.by)} ${row}. ${then.ko}.`,
  });
}

/** What a look by condition was answered. */
function asked({ operation, reply }: Event): { readonly en: string; readonly ko: string } {
  const table = "table" in operation ? operation.table : "";
  const value = "value" in reply ? reply.value : null;
  const rows = Array.isArray(value) ? value : [];
  const aggregate =
    operation.kind === "select" && operation.aggregate ? JSON.stringify(Object.values(rows[0] ?? {})[0] ?? null) : null;
  const got = aggregate ?? (rows.length === 0 ? "none" : rows.length === 1 ? "one row" : `${rows.length} rows`);
  const gotInKorean = aggregate ?? (rows.length === 0 ? "한 행도 없었" : `${rows.length}행이 나왔`);
  return {
    en: `asked for rows of ${table} and got ${got}`,
    ko: `${table}의 행을 조회했고 ${aggregate === null ? gotInKorean : `답은 ${particle(aggregate, "이었", "였")}`}`,
  };
}

/** "wrote order/2 state placed at step 5 (committed at step 8)". */
function wroteRow(words: Wording, version: Version): string {
  const { n, installed, key } = version;
  const later = installed !== null && installed !== n;
  const row = version.row ? words.row(version) : words.key(key);
  return words.say({
    en: `${version.row ? "wrote" : "deleted"} ${row} at ${words.step(n)}${later ? ` (committed at ${words.step(installed)})` : ""}`,
    ko: `${words.step(n)}에서 ${object(row)} ${version.row ? "썼" : "지웠"}습니다${later ? ` (커밋은 ${words.step(installed)})` : ""}`,
  });
}

/** What the task did on what it knew: "it wrote order/1 state placed at step 12". */
export function acted(words: Wording, { event, writes }: VersionStep): { readonly en: string; readonly ko: string } {
  const { operation, reply, n } = event;
  const at = words.step(n);
  const [first] = writes;
  if ("error" in reply)
    return {
      en: `its ${operation.kind} at ${at} was refused (${reply.error})`,
      ko: `${at}의 ${particle(operation.kind, "은", "는")} 거절당했습니다(${reply.error})`,
    };
  if (first)
    return first.row
      ? { en: `it wrote ${words.row(first)} at ${at}`, ko: `${at}에서 ${object(words.row(first))} 썼습니다` }
      : { en: `it deleted ${words.key(first.key)} at ${at}`, ko: `${at}에서 ${object(words.key(first.key))} 지웠습니다` };
  const name = operation.kind === "call" ? operation.service : operation.kind === "publish" ? operation.topic : operation.kind;
  return operation.kind === "publish"
    ? { en: `it published to ${name} at ${at}`, ko: `${at}에서 ${name}에 메시지를 보냈습니다` }
    : { en: `it called ${name} at ${at}`, ko: `${at}에서 ${object(name)} 호출했습니다` };
}

interface NearLock {
  readonly anomaly: Anomaly;
  readonly n: number;
  readonly says: (words: Wording) => Text;
}

/** The lock that should have helped and did not, if there is one. */
function lockAround(trace: VersionTrace, { look, act, changed }: StaleDecision): NearLock | null {
  const { task, n } = look.event;
  const mine = trace.steps.filter(({ event }) => event.task === task && !("error" in event.reply));
  const taken = mine.findLast(({ event }) => event.n < act.event.n && event.n > changed.installed! && locks(event));
  if (taken && taken.event.n > n) {
    const lock = lockedThing(taken.event.operation);
    return {
      anomaly: "lock taken after the look",
      n: taken.event.n,
      says: (words) => ({
        en: `It had the lock ${lock} from ${words.step(taken.event.n)} on, but it had looked before that, at ${words.step(n)}.`,
        ko: `락 ${particle(lock, "은", "는")} ${words.step(taken.event.n)}부터 쥐고 있었지만, 본 것은 그 전인 ${words.step(n)}입니다.`,
      }),
    };
  }
  const held = mine.findLast(
    ({ event, unit }) => event.n <= n && locks(event) && (isNamed(event.operation) || unit === look.unit),
  );
  if (!held) return null;
  const lock = lockedThing(held.event.operation);
  const freed = mine.find(
    ({ event, unit }) =>
      event.n > n &&
      event.n < act.event.n &&
      (isNamed(held.event.operation)
        ? /^(release|advisory-unlock)$/.test(event.operation.kind) && lockedThing(event.operation) === lock
        : event.operation.kind === "commit" && unit === held.unit),
  );
  return freed && freed.event.n < changed.installed!
    ? {
        anomaly: "lock released too early",
        n: freed.event.n,
        says: (words) => ({
          en: `It had looked with the lock ${lock} in hand, and had released it at ${words.step(freed.event.n)}, before it acted.`,
          ko: `락 ${object(lock)} 쥐고 봤지만, 실행하기 전인 ${words.step(freed.event.n)}에서 놓았습니다.`,
        }),
      }
    : null;
}

/** It got a lock of a name, or locked a row that it read. */
export const locks = ({ operation, reply }: Event): boolean =>
  "value" in reply &&
  reply.value !== false &&
  reply.value !== null &&
  (isNamed(operation) ||
    operation.kind === "select-for-update" ||
    (operation.kind === "select" && operation.lock !== undefined && Array.isArray(reply.value) && reply.value.length > 0));

const isNamed = ({ kind }: Operation): boolean => kind === "acquire" || kind === "advisory-lock";

export const lockedThing = (operation: Operation): string =>
  "lock" in operation && operation.kind !== "select"
    ? String(operation.lock)
    : "key" in operation
      ? operation.key
      : "table" in operation
        ? operation.table
        : "";
