/**
 * Every event in plain words, for the "Why" pane and for those who listen instead of looking: what the task
 * does, what comes of it, whether the copy it works from is still true, whom it waited for, what a
 * conflict means.
 */
import { failures } from "../core/failure.js";
import type { History } from "../core/history.js";
import type { Operation } from "../core/operation.js";
import type { Violation } from "../core/verdict.js";
import { outcomeText } from "../core/work.js";
import { anomalies } from "./anomalies.js";
import { type Note, notes } from "./notes.js";
import { isConflict } from "./operations.js";
import { type Step, type Trace, versions } from "./versions.js";
import { differing, list, type Manner, type Wording, wording } from "./wording.js";

interface Told {
  readonly trace: Trace;
  readonly notes: readonly Note[];
  readonly words: Wording;
  readonly found: readonly Violation[];
}

/** By manner and history: whoever asks for every event of a history asks in one manner. */
const told = new WeakMap<Manner, WeakMap<History, Told>>();

const usual: Manner = {};

/** The sentences for `history.events[index]`. */
export function why(history: History, index: number, manner: Manner = usual): string {
  const trace = versions(history);
  const known = told.get(manner) ?? new WeakMap<History, Told>();
  const one = known.get(history) ?? {
    ...{ trace, notes: notes(history), words: wording(trace, manner), found: anomalies(history, { manner }) },
  };
  told.set(manner, known.set(history, one));
  const step = trace.steps[index];
  if (!step) return "";
  const note = one.notes[index]!;
  return [waited(one, step, note), done(one, step, note), aftermath(one, step, note), completes(one, step), ended(one, step)]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function waited({ words }: Told, { event }: Step, { waitedFor }: Note): string {
  if (!waitedFor) return "";
  const { task, n, since } = waitedFor;
  const until = task === undefined ? "until it was free" : `for ${words.task(task)}, who let go at step ${n}`;
  return `${words.Task(event.task)} asked after step ${since} and had to wait ${until}.`;
}

function done(all: Told, step: Step, note: Note): string {
  const { words } = all;
  const { event, writes, unit } = step;
  const { operation, reply, task } = event;
  const who = words.Task(task);
  if ("error" in reply) return failed(all, step, note);
  switch (operation.kind) {
    case "read":
    case "read-versioned":
    case "select-for-update":
      return read(all, step, note);
    case "write":
    case "delete":
      return `${who} ${operation.kind === "write" ? `writes ${words.row(writes[0]!)}` : reply.value ? `deletes ${words.key(operation.key)}` : `finds no ${words.key(operation.key)} to delete`}. ${basis(all, step, note)}`;
    case "compare-and-set":
      return reply.value ? compared(all, step, operation.version) : conflict(all, step, note, operation.version);
    case "insert":
      return reply.value
        ? `${who} inserts ${words.row(writes[0]!)}: the key was free, and looking and writing was one step.`
        : `${who} wants to insert ${words.key(operation.key)}, but the key is taken: nothing is written, and it is told.`;
    case "update-where":
      return updated(all, step);
    case "select":
      return `${who} asks for rows of ${operation.table} and gets ${counted(reply.value)}.`;
    case "insert-row":
    case "update-rows":
    case "delete-rows":
      return `${who} changes ${Number(reply.value) === 1 ? "one row" : `${reply.value} rows`} of ${operation.table} in one statement.`;
    case "acquire":
      return reply.value
        ? `${who} takes the lock ${operation.lock}: ${waiters(all, operation, task)}.`
        : `${who} does not get the lock ${operation.lock}, which somebody else holds, and does not wait for it.`;
    case "release":
      return reply.value
        ? `${who} lets go of the lock ${operation.lock}.`
        : `${who} wants to let go of the lock ${operation.lock}, but does not hold it.`;
    case "commit":
      return reply.value === "rollback"
        ? `${who} commits, but its transaction had failed: everything is rolled back.`
        : step.installs.length > 0
          ? `${who} commits: ${list(step.installs.map((version) => `${words.row(version)} (written at step ${version.n})`))} is there for everybody from now on.`
          : `${who} commits; it had written nothing.`;
    case "rollback":
      return unit.steps.some(({ writes }) => writes.length > 0)
        ? `${who} rolls back: what it wrote in this transaction never was.`
        : `${who} rolls back; it had written nothing.`;
    default:
      return `${who} ${plain(operation, reply.value)}.`;
  }
}

/** Whom a lock keeps out. One in the memory of a server keeps out nobody on another. */
function waiters({ trace }: Told, { scope }: Extract<Operation, { kind: "acquire" }>, task: number): string {
  const server = trace.history.servers?.[task - 1];
  return scope === "server" && server !== undefined
    ? `whoever else asks for it on server ${server} waits, and on another server nobody notices`
    : "whoever else asks for it waits";
}

function read({ words, trace }: Told, { event, reads, unit }: Step, { retry, goesStale }: Note): string {
  const { operation, reply, task } = event;
  const who = words.Task(task);
  const version = reads[0]?.version;
  const again = retry ? ` again (retry ${retry})` : "";
  const at =
    operation.kind === "read-versioned" && "value" in reply && reply.value !== null
      ? ` at version ${(reply.value as { version: number }).version}`
      : "";
  if (!version)
    return `${who} reads${again} ${JSON.stringify("value" in reply ? reply.value : null)}, which nobody in this history wrote.`;
  const from = version.by === 0 || version.by === task ? "" : `, as ${words.task(version.by)} wrote it at step ${version.n}`;
  const dirty = version.unit && version.unit !== unit && (version.installed ?? Number.POSITIVE_INFINITY) > event.n;
  const locks =
    operation.kind !== "select-for-update"
      ? ""
      : unit.transaction
        ? ` It locks the row: nobody else changes it before ${words.task(task)} commits.`
        : " No transaction is open, so the lock is over at once.";
  const verb = trace.steps[(goesStale?.at ?? 1) - 1]!.event.operation.kind === "commit" ? "commits" : "writes";
  const fate = goesStale ? ` Its copy goes stale at step ${goesStale.at}, when ${words.task(goesStale.by)} ${verb}.` : "";
  const looks = version.row
    ? `reads${again} ${words.row(version)}`
    : `looks${again} for ${words.key(version.key)} and finds nothing`;
  return `${who} ${looks}${at}${from}${dirty ? ", which is not committed" : ""}.${locks}${fate}`;
}

/** From which copy a write was made, and what that means. */
function basis({ words, trace }: Told, { event, held, unit, writes }: Step, { stale, overwrites }: Note): string {
  const hidden = unit.transaction ? " Nobody else sees it before the commit." : "";
  if (!held) return `It had not looked at it before.${hidden}`;
  const own = held.version.by === event.task && held.version.n === held.n;
  const copy = own ? `what it wrote itself at step ${held.n}` : `the copy it read at step ${held.n}`;
  if (!stale) return `It worked from ${copy}, which is still true: nothing is lost.${hidden}`;
  const columns = differing([held.version, ...writes]);
  const since = `That went stale at step ${stale.since}, when ${words.task(stale.by)} wrote.`;
  const was = `It worked that out from ${copy}, when it was ${words.row(held.version, columns)}. ${since}`;
  if (!overwrites) {
    const never = writes.every(({ installed }) => installed === null);
    return `${was} ${never ? "But this write never takes effect." : "By now the row looks as it did then, so nothing is lost that can be seen."}`;
  }
  const before = trace.chains.get(held.version.key)![writes[0]!.place - 1]!;
  const tasks = [...new Set(overwrites.map(({ task }) => task))];
  const gone =
    overwrites.length === 1
      ? `${words.task(tasks[0]!)}'s write is gone`
      : `${overwrites.length} writes of ${words.tasks(tasks)} are gone`;
  return `${was} The row goes from ${words.value(before)} to ${words.value(writes[0]!)}: ${gone}, and nobody can tell.`;
}

const compared = ({ words }: Told, { event, writes, held }: Step, version: number): string =>
  `The version is still ${version}${held ? `, as ${words.task(event.task)} read it at step ${held.n}` : ""}: ${words.task(event.task)} writes ${words.row(writes[0]!)}, ` +
  "and comparing and writing was one step.";

function conflict({ words }: Told, { event }: Step, { stale }: Note, version: number): string {
  const who = words.task(event.task);
  const since = stale
    ? `${who} read version ${version} at step ${stale.read}, and ${words.task(stale.by)} has changed the row since, at step ${stale.since}`
    : `${who} asks for version ${version}, and the row has another by now`;
  return `The store compares versions: ${since}. So nothing is written, ${who} is told, and nobody's write is lost.`;
}

function updated({ words, trace }: Told, { event, writes }: Step): string {
  const { task, operation } = event;
  const key = "key" in operation ? words.key(operation.key) : "the row";
  const [version] = writes;
  if (!version)
    return `${words.Task(task)} has the store test ${key} and change it in one step; the test says no, so nothing is written.`;
  const before = version.place > 0 ? trace.chains.get(version.key)![version.place - 1]! : null;
  const from = before?.row ? `${words.value(before)} becomes ${words.value(version)}` : `it becomes ${words.value(version)}`;
  return `${words.Task(task)} has the store test ${key} and change it in one step: ${from}. There is no copy that could go stale.`;
}

function failed({ words }: Told, { event, unit }: Step, { stale }: Note): string {
  const { reply, operation, task } = event;
  if (!("error" in reply)) return "";
  const who = words.Task(task);
  const what = `${who} wants to ${plainly(operation)}, and the store says no (${reply.error}): ${failures[reply.error]}.`;
  const since = stale
    ? ` It had read the row at step ${stale.read}, and ${words.task(stale.by)} changed it at step ${stale.since}.`
    : "";
  const over = isConflict(event)
    ? " Nothing of this transaction is kept: it has to begin again, with a fresh look."
    : unit.transaction
      ? " The transaction can only be rolled back."
      : "";
  return `${what}${since}${over}`;
}

/** What others have of it, and what the task does next. */
function aftermath({ words, trace, notes }: Told, { event }: Step, { makesStale, conflict }: Note): string {
  const sentences: string[] = [];
  if (makesStale)
    sentences.push(
      `From now on ${words.tasks(makesStale)} ${makesStale.length === 1 ? "holds a stale copy" : "hold stale copies"}.`,
    );
  if (conflict) {
    const again = trace.steps.find(
      (later) => later.event.n > event.n && later.event.task === event.task && notes[later.event.n - 1]!.retry,
    );
    if (again)
      sentences.push(
        `It looks again at step ${again.event.n} and does its work a second time: that is the price of not waiting.`,
      );
  }
  return sentences.join(" ");
}

/** The anomalies that this event completes; a lost update has been told with the write. */
const completes = ({ found }: Told, { event: { n } }: Step): string =>
  found
    .filter(({ anomaly, events }) => anomaly !== "lost update" && Math.max(...events) === n)
    .map(({ anomaly, explanation }) => `${/^[aio]/i.test(anomaly ?? "") ? "An" : "A"} ${anomaly}: ${explanation}`)
    .join(" ");

function ended({ trace, words }: Told, { event: { task, n } }: Step): string {
  const outcome = trace.history.outcomes[task - 1];
  const last = trace.history.events.findLast((event) => event.task === task);
  return outcome && last?.n === n ? `${words.Task(task)} is done: ${outcomeText(outcome)}.` : "";
}

const counted = (value: unknown): string =>
  Array.isArray(value) ? (value.length === 1 ? "one row" : `${value.length || "no"} rows`) : String(value);

/** "write stock/1", "commit": an operation as something that one may want. */
const plainly = (operation: Operation): string => {
  const kind = operation.kind.replaceAll("-", " ");
  return "key" in operation ? `${kind} ${operation.key}` : "table" in operation ? `${kind} (${operation.table})` : kind;
};

function plain(operation: Operation, value: unknown): string {
  switch (operation.kind) {
    case "begin":
      return `begins a transaction (${operation.isolation})`;
    case "savepoint":
      return `marks a point to come back to, ${operation.name}`;
    case "rollback-to":
      return `takes back what it wrote since ${operation.name}`;
    case "call":
      return `calls ${operation.service} and is answered ${JSON.stringify(value)}: no rollback undoes that`;
    case "choose":
      return `finds out: ${operation.question} ${String(value)}`;
    case "publish":
      return `publishes to ${operation.topic}: it cannot be called back`;
    case "sleep":
      return `does something else for ${operation.ms} ms; whatever it has read gets older`;
    case "advisory-lock":
      return value === false ? `does not get the lock ${operation.lock}` : `takes the lock ${operation.lock}`;
    case "advisory-unlock":
      return `lets go of the lock ${operation.lock}`;
    case "lock-timeout":
      return `will wait for a lock ${operation.ms} ms at most`;
    default:
      return plainly(operation);
  }
}
