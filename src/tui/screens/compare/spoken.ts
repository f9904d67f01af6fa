/** The comparison as lines to be read aloud, without its counters. */

import type { Contender, SweepName } from "../../../core/comparison.js";
import { brokenSentences, crossoverSentences, headOf, pairSentences, percent, shares } from "../../../report/comparison.js";
import { shortDuration, si } from "../../../report/number.js";
import { rowText, spokenIn } from "../../../report/text.js";
import { reportWords } from "../../../report/words.js";
import type { Context } from "../../state.js";
import { say } from "../../words.js";
import { type CompareState, shareDone, takingPart } from "./state.js";
import { compareAside } from "./view.js";
import { compareWords } from "./words.js";

export function spokenCompare(before: CompareState | null, after: CompareState, context: Context): string[] {
  if (!before)
    return [
      `${say(compareWords.title, context)}. ${compareAside(after, context).replaceAll("   ", ", ")}.`,
      ...after.strategies.map(
        (id, index) => `${index + 1}. ${id}${after.out.includes(id) ? `: ${say(compareWords.leftOut, context)}` : ""}.`,
      ),
    ];
  if (before.marked !== after.marked && before.out === after.out)
    return [`${after.marked + 1}. ${after.strategies[after.marked]}.`];
  if (before.request !== after.request || before.out !== after.out)
    return [`${compareAside(after, context).replaceAll("   ", ", ")}: ${takingPart(after).join(", ")}.`];
  if (before.held !== after.held) return [`${say(after.held ? compareWords.held : compareWords.goOnNumbers, context)}.`];
  return [...swept(before, after, context), ...measured(before, after, context)];
}

function measured({ latest: was, ...before }: CompareState, after: CompareState, context: Context): string[] {
  const { progress, comparison, at } = after.latest;
  const { language } = context;
  if (!progress && was.progress && comparison && comparison !== was.comparison)
    return [
      ...comparison.strategies.map((each) => contender(each, context)),
      ...brokenSentences(comparison, language).map((sentence) => rowText(sentence, spokenIn(language)).replace(/^[x+✗✓] /, "")),
      ...pairSentences(comparison, language),
    ];
  if (!progress) return [];
  const quarter = (share: number): number => Math.floor(4 * share);
  const now = quarter(shareDone(after, after.latest));
  const same = was.at?.value === at?.value && was.at?.over === at?.over;
  if (at && !same) return [`${at.over} ${at.value}.`];
  return now > quarter(shareDone({ ...before, latest: was }, was)) && now < 4 && !at
    ? [`${say(reportWords.roundOf(Math.max(0, progress.round - progress.warmUp), progress.rounds), context)}.`]
    : [];
}

function contender(
  { strategy, withdrawn, perSecond, p50Us, p99Us, lost, time, conflicts, retries, lockWaits }: Contender,
  context: Context,
): string {
  if (withdrawn) return `${strategy}: ${say(reportWords.withdrawn[withdrawn.why], context)}.`;
  const [served, middle, slow] = [si(perSecond.median), shortDuration(p50Us), shortDuration(p99Us)];
  return [
    say(compareWords.spoken.served(strategy, served, middle, slow), context),
    say(compareWords.spoken.prices(si(lost), conflicts, retries, lockWaits), context),
    `${shares.map((kind) => `${headOf(kind, context.language)} ${percent(time[kind.name])}`).join(", ")}.`,
  ]
    .join("; ")
    .replaceAll("µ", "u");
}

/** A sweep is read once, when it is complete. */
function swept({ latest: was }: CompareState, { latest, over }: CompareState, { language }: Context): string[] {
  return over.flatMap(({ over: name, values }) => {
    const isWhole = (sweeps: typeof latest.sweeps): boolean => (sweeps[name as SweepName]?.points.length ?? 0) === values.length;
    const now = latest.sweeps[name];
    if (!now || !isWhole(latest.sweeps) || isWhole(was.sweeps)) return [];
    return [
      ...now.points.map(
        ({ value, comparison }) =>
          `${name} ${value}: ${comparison.strategies.map(({ strategy, perSecond }) => `${strategy} ${si(perSecond.median)}`).join(", ")}.`,
      ),
      ...crossoverSentences(now, language),
    ];
  });
}
