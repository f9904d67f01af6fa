/**
 * What went wrong in one execution, in the order in which it helps: what names the fix first, then what was lost or done
 * twice, then decisions on what was no longer true. There always is a finding where tasks got in each other's way; the
 * last ones are said in general terms.
 */
import type { History } from "../core/history.js";
import type { Violation } from "../core/verdict.js";
import { unseen } from "./dependencies.js";
import { lockOfOneServer, releasedBeforeCommit } from "./locks.js";
import { type AnomalyOptions, namedAnomalies } from "./named-anomalies.js";
import { ignoredAnswer, shownErrors } from "./refusals.js";
import { same } from "./shown.js";
import { olderSnapshot, publishedEarly, unrepeatable } from "./snapshots.js";
import { staleDecision } from "./stale-decision.js";
import { unnamedCycle } from "./told-cycle.js";
import { type Version, type VersionTrace, versions } from "./versions.js";
import { subject, type Wording, wording } from "./wording.js";

/** Names in the order in which they are told; a name that is not here comes after them. */
const order = [
  "stale write under an expired lease",
  "lock inside an older snapshot",
  "published before the commit",
  "lock of one server",
  "lock released too early",
  "aborted read",
  "intermediate read",
  "dirty read",
  "dirty write",
  "lost update",
  "double effect",
  "orphaned payment",
  "lock taken after the look",
  "ignored answer",
  "read skew",
  "phantom",
  "write skew",
  "read-only anomaly",
  "check then act",
  "fuzzy read",
  "ABA",
];

interface Asked extends AnomalyOptions {
  /** The property that is broken is about a task that failed: its error comes first. */
  readonly aboutErrors?: boolean;
}

/** The findings of an execution, the one that names the fix first; empty: no task got in the way of another. */
export function findings(history: History, { aboutErrors = false, ...options }: Asked = {}): readonly Violation[] {
  const trace = versions(history);
  const words = wording(trace, options.manner);
  const told = [
    ...namedAnomalies(history, options),
    ...[lockOfOneServer, releasedBeforeCommit, olderSnapshot, publishedEarly, ignoredAnswer, staleDecision, unrepeatable].flatMap(
      (find) => find(trace, words),
    ),
  ];
  const cycles = unnamedCycle(trace, words, told);
  const failed = shownErrors(trace, words);
  const rank = ({ anomaly }: Violation) => (order.indexOf(anomaly ?? "") + order.length + 1) % (order.length + 1);
  const sorted = [...told, ...cycles].map((one, i) => ({ one, i })).sort((a, b) => rank(a.one) - rank(b.one) || a.i - b.i);
  const all = sorted.map(({ one }) => one);
  // A snapshot that is older than the lock explains the refusal, and names the fix.
  const older = all.filter(({ anomaly, tasks }) => anomaly === order[1] && failed.some((one) => one.tasks[0] === tasks[0]));
  const named = aboutErrors ? [...older, ...failed, ...all.filter((one) => !older.includes(one))] : [...all, ...failed];
  return named.length > 0 ? named : noLongerTrue(trace, words);
}

/** What has no name: a task knew something, by looking or by writing, and later it was no longer true. */
function noLongerTrue(trace: VersionTrace, words: Wording): Violation[] {
  return trace.steps.flatMap((step): Violation[] => {
    const { event, reads, writes } = step;
    const { task, n, operation } = event;
    const refused = "value" in event.reply && (event.reply.value === 0 || event.reply.value === false);
    const there = refused && operation.kind === "insert-row" ? inTheWay(trace, operation.table, n) : [];
    const seen = [...reads.map(({ version }) => version), ...writes, ...there].flatMap((version) => {
      const later = version.place < 0 ? [] : (trace.chains.get(version.key)?.slice(version.place + 1) ?? []);
      const changed = later.find(({ by, installed, row }) => by !== task && installed! > n && !same(row, version.row));
      return changed ? [{ knew: words.row(version), changed }] : [];
    });
    const missed = unseen(trace, step).flatMap(({ version, seen }) =>
      seen || version.by === task
        ? []
        : [
            {
              knew: words.say({ en: `no such row of ${table(version)}`, ko: `${table(version)}에 그런 행 없음` }),
              changed: version,
            },
          ],
    );
    return [...seen, ...missed].map(({ knew, changed }) => {
      const now = changed.row
        ? words.row(changed)
        : words.say({ en: `no ${words.key(changed.key)}`, ko: `${words.key(changed.key)} 없음` });
      return {
        property: "what a task knows is still true when it goes on",
        anomaly: null,
        schedule: null,
        tasks: [task, changed.by],
        events: [n, changed.n],
        explanation: words.say({
          en: `What ${words.task(task)} knew at ${words.step(n)} (${knew}) was no longer true at ${words.step(changed.installed!)}: ${words.task(changed.by)} had ${changed.row ? `made it ${now}` : `deleted ${words.key(changed.key)}`}.`,
          ko: `${subject(words, task)} ${words.step(n)}에서 알던 것(${knew})은 ${words.step(changed.installed!)}에는 더는 사실이 아니었습니다. ${subject(words, changed.by)} 바꾼 뒤: ${now}.`,
        }),
      };
    });
  });
}

const table = ({ key }: Version): string => key.split("/", 1)[0]!;

/** The rows of a table that were there at event `n`, one of which was in the way of an insert. */
const inTheWay = ({ chains }: VersionTrace, name: string, n: number): readonly Version[] =>
  [...chains.values()].flatMap((chain) => {
    const now = chain.findLast(({ installed }) => installed! < n);
    return now?.row && table(now) === name ? [now] : [];
  });
