/** What a task knew, by looking, by writing or by being refused, and what was no longer true afterwards: said where nothing has a name. */
import type { Violation } from "../core/verdict.js";
import { unseen } from "./dependencies.js";
import { same } from "./shown.js";
import type { Version, VersionTrace } from "./versions.js";
import { subject, type Wording } from "./wording.js";

/** What has no name: a task knew something, by looking or by writing, and later it was no longer true. */
export function noLongerTrue(trace: VersionTrace, words: Wording): Violation[] {
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
export const inTheWay = ({ chains }: VersionTrace, name: string, n: number): readonly Version[] =>
  [...chains.values()].flatMap((chain) => {
    const now = chain.findLast(({ installed }) => installed! < n);
    return now?.row && table(now) === name ? [now] : [];
  });
