/** What a task knew, by looking, by writing or by being refused, and what was no longer true afterwards: said where nothing has a name. */
import type { Violation } from "../core/verdict.js";
import { unseen } from "./dependencies.js";
import { same } from "./shown.js";
import type { Version, VersionStep, VersionTrace } from "./versions.js";
import { subject, type Wording } from "./wording.js";

/**
 * What has no name: a task knew something, by looking or by writing, and later it was no longer true. In the order of the
 * events; or, to tell how a schedule goes wrong, first what changed with the `decisive` event, then what was written.
 */
export function noLongerTrue(
  trace: VersionTrace,
  words: Wording,
  toTell?: { readonly decisive?: number | undefined },
): Violation[] {
  const found = trace.steps
    .flatMap((step) => outdated(trace, step))
    .filter((one) => !toTell || one.written || isInTime(trace, one));
  const rank = ({ written, changed }: Outdated) => (changed.installed === toTell?.decisive ? 0 : written ? 1 : 2);
  const inOrder = toTell ? found.toSorted((a, b) => rank(a) - rank(b)) : found;
  return inOrder.map((one) => told(words, one));
}

/** Something that a task knew at an event. */
interface Outdated {
  readonly step: VersionStep;
  /** Null: that there was no such row. */
  readonly knew: Version | null;
  /** The task had written it itself. */
  readonly written: boolean;
  readonly changed: Version;
}

/** The task that knew it went on afterwards: what is changed later was no reason for anything. */
const isInTime = ({ steps }: VersionTrace, { step, changed }: Outdated): boolean =>
  steps.some(({ event }) => event.task === step.event.task && event.n > changed.installed!);

function outdated(trace: VersionTrace, step: VersionStep): readonly Outdated[] {
  const { event, reads, writes } = step;
  const { task, n, operation } = event;
  const refused = "value" in event.reply && (event.reply.value === 0 || event.reply.value === false);
  const there = refused && operation.kind === "insert-row" ? inTheWay(trace, operation.table, n) : [];
  const known = [...reads.map(({ version }) => version), ...writes, ...there];
  const seen = known.flatMap((version): Outdated[] => {
    const later = version.place < 0 ? [] : (trace.chains.get(version.key)?.slice(version.place + 1) ?? []);
    const changed = later.find(({ by, installed, row }) => by !== task && installed! > n && !same(row, version.row));
    return changed ? [{ step, knew: version, written: writes.includes(version), changed }] : [];
  });
  const missed = unseen(trace, step).flatMap(({ version, seen }): Outdated[] =>
    seen || version.by === task ? [] : [{ step, knew: null, written: false, changed: version }],
  );
  return [...seen, ...missed];
}

function told(words: Wording, { step, knew, written, changed }: Outdated): Violation {
  const { task, n } = step.event;
  const was = knew
    ? words.row(knew)
    : words.say({ en: `no such row of ${table(changed)}`, ko: `${table(changed)}에 그런 행 없음` });
  const now = changed.row
    ? words.row(changed)
    : words.say({ en: `no ${words.key(changed.key)}`, ko: `${words.key(changed.key)} 없음` });
  const did = `${words.task(changed.by)} had ${changed.row ? `made it ${now}` : `deleted ${words.key(changed.key)}`}`;
  const [at, then] = [words.step(n), words.step(changed.installed!)];
  const after = `${subject(words, changed.by)} 바꾼 뒤: ${now}`;
  return {
    property: "what a task knows is still true when it goes on",
    anomaly: null,
    schedule: null,
    tasks: [task, changed.by],
    events: [n, changed.n],
    explanation: words.say(
      written
        ? {
            en: `What ${words.task(task)} had written at ${at} (${was}) was no longer there at ${then}: ${did}.`,
            ko: `${subject(words, task)} ${at}에서 쓴 것(${was})은 ${then}에는 남아 있지 않았습니다. ${after}.`,
          }
        : {
            en: `What ${words.task(task)} knew at ${at} (${was}) was no longer true at ${then}: ${did}.`,
            ko: `${subject(words, task)} ${at}에서 알던 것(${was})은 ${then}에는 더는 사실이 아니었습니다. ${after}.`,
          },
    ),
  };
}

const table = ({ key }: Version): string => key.split("/", 1)[0]!;

/** The rows of a table that were there at event `n`, one of which was in the way of an insert. */
export const inTheWay = ({ chains }: VersionTrace, name: string, n: number): readonly Version[] =>
  [...chains.values()].flatMap((chain) => {
    const now = chain.findLast(({ installed }) => installed! < n);
    return now?.row && table(now) === name ? [now] : [];
  });
