/**
 * Two tasks go by one look: both read a version of a row, and each writes another row because of it, before either has
 * changed the first. What comes afterwards, a lost update say, only shows that they had. A row that both found missing is
 * a matter of its own: the insert that comes too late (early.ts), the phantom (skew.ts).
 *
 *     request 1   R stock 1   I order/1                                W stock 0     two orders for one piece
 *     request 2                           R stock 1   I order/2   W stock 0
 */
import type { Violation } from "../core/verdict.js";
import { acted } from "./stale-decision.js";
import type { Version, VersionStep, VersionTrace } from "./versions.js";
import { subject, type Wording } from "./wording.js";

interface Acting {
  readonly look: VersionStep;
  readonly act: VersionStep;
}

export function sameLook(trace: VersionTrace, words: Wording): Violation[] {
  return [...trace.chains.values()].flatMap((chain) =>
    chain.flatMap((version, i): Violation[] => {
      const replaced = chain[i + 1];
      const [one, other] = version.row && replaced?.installed ? actingOn(trace, version, replaced.installed) : [];
      return one && other ? [told(words, version, one, other)] : [];
    }),
  );
}

/** The tasks that looked at the version and wrote another row before event `until`, the first act first. */
function actingOn(trace: VersionTrace, version: Version, until: number): readonly Acting[] {
  const found = new Map<number, Acting>();
  for (const look of trace.steps) {
    const { task, n } = look.event;
    if (n >= until || found.has(task) || !look.reads.some((read) => read.copy && read.version === version)) continue;
    const isAct = ({ event, writes }: VersionStep) =>
      event.task === task && event.n > n && writes.some(({ key, installed }) => key !== version.key && installed !== null);
    const act = trace.steps.slice(n, until - 1).find(isAct);
    if (act) found.set(task, { look, act });
  }
  return [...found.values()].sort((a, b) => a.act.event.n - b.act.event.n);
}

function told(words: Wording, version: Version, one: Acting, other: Acting): Violation {
  const [{ event: first }, { event: second }] = [one.look, other.look];
  const [did, too] = [acted(words, one.act), acted(words, other.act)];
  const row = words.row(version);
  return {
    property: "what was looked at is still so when it is acted on",
    anomaly: "check then act",
    schedule: null,
    tasks: [first.task, second.task],
    events: [first.n, one.act.event.n, second.n, other.act.event.n].sort((a, b) => a - b),
    explanation: words.say({
      en:
        `${words.Task(first.task)} read ${row} at ${words.step(first.n)}, and ${did.en}. ` +
        `${words.Task(second.task)} read the same at ${words.step(second.n)}, and ${too.en}: ` +
        `both went by one ${words.key(version.key)}, which neither had changed yet.`,
      ko:
        `${subject(words, first.task)} ${words.step(first.n)}에서 ${row} 행을 읽고 ${did.ko}. ` +
        `${subject(words, second.task)} ${words.step(second.n)}에서 같은 값을 읽고 ${too.ko}. ` +
        `둘 다 아직 아무도 바꾸지 않은 ${words.key(version.key)} 행을 보고 움직였습니다.`,
    }),
  };
}
