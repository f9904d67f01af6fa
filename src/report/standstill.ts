/**
 * A standstill: tasks that wait for ever, what each waits for by name, who holds it, and the cycle. It is found here once;
 * text, screens, pages, recordings and what is read aloud all tell it with these sentences.
 */
import { capital } from "../core/capital.js";
import type { Event } from "../core/history.js";
import { particle } from "../core/korean.js";
import { inLanguage, type Language, type Text } from "../core/language.js";
import type { Operation } from "../core/operation.js";

/** A task at the end of an execution, as far as waiting is concerned. */
interface Waiting {
  readonly task: number;
  readonly status: "ready" | "blocked" | "ended" | "cut";
  readonly operation: Operation | null;
  readonly blockedBy: readonly number[];
}

/** The task that holds what another one waits for. */
interface Holder {
  readonly task: number;
  /** It has ended and will never release it. */
  readonly ended: boolean;
  /** The step at which it took it, and the line of the source that asked; null: not known. */
  readonly since: number | null;
  readonly line: number | null;
}

/** One task that waits for ever. */
interface Wait {
  readonly task: number;
  /** What it waits for: "kimchi", "stock/1". */
  readonly resource: string;
  readonly kind: "lock" | "row" | "rows" | "message" | "other";
  readonly holders: readonly Holder[];
  /** The task that took the lock last and has crashed: nobody holds it, and it stays. Null: it is not so. */
  readonly left: Pick<Holder, "task" | "since"> | null;
}

export interface Standstill {
  readonly waits: readonly Wait[];
  /** Tasks that wait for each other, the first one again at the end: 1, 2, 1. Empty: there is no cycle. */
  readonly cycle: readonly number[];
}

/** How a standstill is told: the name of a task, the step of an event (by its `n`), the language. */
interface Telling {
  readonly name: (task: number) => string;
  readonly language?: Language;
  /** Between the tasks of a cycle: in plain text "->". */
  readonly arrow?: string;
}

/** The standstill that these tasks are in; null: no task waits. `events`: what has happened; `stepOf`: the step of each event. */
export function standstillOf(
  tasks: readonly Waiting[],
  events: readonly Event[],
  stepOf: (n: number) => number = (n) => n,
): Standstill | null {
  const waits = tasks.filter(({ status }) => status === "blocked").map((one) => waitOf(one, tasks, events, stepOf));
  return waits.length > 0 ? { waits, cycle: cycleOf(waits) } : null;
}

function waitOf(
  { task, operation, blockedBy }: Waiting,
  tasks: readonly Waiting[],
  events: readonly Event[],
  stepOf: (n: number) => number,
): Wait {
  const [kind, resource] = wanted(operation);
  const taken = (by: number) => events.findLast((event) => event.task === by && takes(event, operation));
  // A task that asks again for a lock it holds waits for itself, and the machine names no other task.
  const self = blockedBy.length === 0 && kind === "lock" && isHeld(task, operation, events);
  const holders = (self ? [task] : blockedBy).map((by): Holder => {
    const event = taken(by);
    const line = /:(\d+)$/.exec(event?.at ?? "")?.[1];
    return {
      task: by,
      ended: tasks.some((one) => one.task === by && one.status === "ended"),
      since: event ? stepOf(event.n) : null,
      line: line === undefined ? null : Number(line),
    };
  });
  const last = kind === "lock" && holders.length === 0 ? events.findLast((event) => takes(event, operation)) : undefined;
  const left = last && isHeld(last.task, operation, events) ? { task: last.task, since: stepOf(last.n) } : null;
  return { task, resource, kind, holders, left };
}

/** What an operation waits for, by name. */
export function wanted(operation: Operation | null): readonly [kind: Wait["kind"], resource: string] {
  if (!operation) return ["other", ""];
  if ("lock" in operation && operation.kind !== "select") return ["lock", String(operation.lock)];
  if (operation.kind === "receive") return ["message", operation.topic];
  if ("key" in operation) return ["row", operation.key];
  if ("table" in operation) return ["rows", operation.table];
  return ["other", operation.kind];
}

/** The event took what the other operation waits for: the same lock, the same row, a row of the same table. */
function takes({ operation, reply }: Event, other: Operation | null): boolean {
  if ("error" in reply || reply.value === false || !other) return false;
  const [kind, resource] = wanted(other);
  if (kind === "lock") return /^(acquire|advisory-lock)$/.test(operation.kind) && wanted(operation)[1] === resource;
  const table = resource.split("/", 1)[0]!;
  const here = "table" in operation ? operation.table : "key" in operation ? operation.key.split("/", 1)[0]! : null;
  if (here !== table || !/^(write|delete|insert|compare-and-set|update|select|delete)/.test(operation.kind)) return false;
  return !("key" in operation && kind === "row") || operation.key === resource;
}

/** Does the task hold this lock: taken, and not released since? */
function isHeld(task: number, operation: Operation | null, events: readonly Event[]): boolean {
  const mine = events.filter((event) => event.task === task && wanted(event.operation)[1] === wanted(operation)[1]);
  const last = mine.findLast(({ operation: { kind } }) => /^(acquire|advisory-lock|release|advisory-unlock)$/.test(kind));
  return last !== undefined && takes(last, operation);
}

/** The first cycle that a walk from waiter to holder finds. */
function cycleOf(waits: readonly Wait[]): readonly number[] {
  const holdersOf = new Map(waits.map(({ task, holders }) => [task, holders.map((holder) => holder.task)]));
  const walk = (path: readonly number[]): readonly number[] => {
    for (const next of holdersOf.get(path.at(-1)!) ?? []) {
      if (path.includes(next)) return [...path.slice(path.indexOf(next)), next];
      const found = walk([...path, next]);
      if (found.length > 0) return found;
    }
    return [];
  };
  for (const { task } of waits) {
    const found = walk([task]);
    if (found.length > 0) return found;
  }
  return [];
}

/** "task 1 -> task 2 -> task 1"; empty: there is no cycle. */
const cycleText = ({ cycle }: Standstill, { name, arrow = "->" }: Telling): string => cycle.map(name).join(` ${arrow} `);

/** A sentence for each task that waits, then the cycle: who holds what, and who waits for it. */
export function standstillSentences(standstill: Standstill, telling: Telling): readonly string[] {
  const { name, language = "en" } = telling;
  const told = standstill.waits.map((wait) => sentenceOf(wait, standstill, name, language));
  const cycle = cycleText(standstill, telling);
  return cycle === "" ? told : [...told, `${cycle}.`];
}

function sentenceOf(
  { task, resource, kind, holders, left }: Wait,
  { waits }: Standstill,
  name: Telling["name"],
  language: Language,
) {
  const say = (text: Text): string => inLanguage(text, language);
  const thing = say(things[kind](resource));
  const held = waits
    .filter((other) => other.task !== task && other.holders.some((holder) => holder.task === task))
    .map((other) => say(things[other.kind](other.resource)));
  const mine = [...new Set(held)].join(", ");
  const who = { en: capital(name(task)), ko: particle(name(task), "은", "는") };
  const holds = { en: mine ? ` holds ${mine} and` : "", ko: mine ? ` ${particle(mine, "을", "를")} 쥔 채` : "" };
  const object = particle(thing, "을", "를");
  const [holder] = holders;
  if (!holder)
    return kind === "message"
      ? say({
          en: `${who.en}${holds.en} waits for ${thing}, and no task sends one any more.`,
          ko: `${who.ko}${holds.ko} ${object} 기다리지만, 이제 보낼 작업이 없습니다.`,
        })
      : say({
          en: `${who.en}${holds.en} waits for ${thing}${left ? `: ${name(left.task)} took it at step ${left.since} and crashed, and this lock stays when its holder has gone` : ""}.`,
          ko: `${who.ko}${holds.ko} ${object} 기다립니다.${left ? ` ${particle(name(left.task), "이", "가")} ${left.since}단계에서 잡은 뒤 죽었고, 이 락은 주인이 사라져도 남습니다.` : ""}`,
        });
  const since = holder.since === null ? { en: "", ko: "" } : { en: ` at step ${holder.since}`, ko: ` ${holder.since}단계에서` };
  const line = holder.line === null ? { en: "", ko: "" } : { en: ` (line ${holder.line})`, ko: `(${holder.line}줄)` };
  if (holder.task === task)
    return say({
      en: `${who.en} waits for ${thing}, which it holds itself (taken${since.en}${line.en && `, ${line.en.slice(2, -1)}`}).`,
      ko: `${who.ko} ${object} 기다리지만, 그것은${since.ko} 스스로 잡아${line.ko} 아직 쥐고 있습니다.`,
    });
  if (holder.ended)
    return say({
      en: `${who.en}${holds.en} waits for ${thing}: taken${since.en} and never released by ${name(holder.task)}${line.en}, which has ended.`,
      ko: `${who.ko}${holds.ko} ${object} 기다립니다. ${particle(name(holder.task), "이", "가")}${since.ko} 잡고${line.ko} 놓지 않은 채 끝났습니다.`,
    });
  const by = holders.map((one) => name(one.task));
  return say({
    en: `${who.en}${holds.en} waits for ${thing}, which ${by.join(" and ")} ${by.length > 1 ? "hold" : "holds"}${holder.since === null ? "" : ` (taken at step ${holder.since})`}.`,
    ko: `${who.ko}${holds.ko} ${object} 기다립니다. 그것은 ${particle(by.join(", "), "이", "가")}${holder.since === null ? "" : ` ${holder.since}단계부터`} 쥐고 있습니다.`,
  });
}

const things: { readonly [kind in Wait["kind"]]: (resource: string) => { readonly en: string; readonly ko: string } } = {
  lock: (name) => ({ en: `the lock ${name}`, ko: `락 ${name}` }),
  row: (key) => ({ en: `the row ${key}`, ko: `${key} 행` }),
  rows: (table) => ({ en: `a row of ${table}`, ko: `${table}의 행` }),
  message: (topic) => ({ en: `a message of ${topic}`, ko: `${topic}의 메시지` }),
  other: (kind) => ({ en: kind || "something", ko: kind || "무언가" }),
};
