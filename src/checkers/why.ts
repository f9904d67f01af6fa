/**
 * Every event in plain sentences, for the "Why" pane and for screen readers: what the task does, what comes of it,
 * whether the copy it works from is still true, which task it waited for, what a conflict means.
 */

import { anomalyName } from "../core/anomaly.js";
import type { History } from "../core/history.js";
import { particle } from "../core/korean.js";
import type { Note } from "../core/note.js";
import type { Violation } from "../core/verdict.js";
import { outcomeText } from "../core/work.js";
import { namedAnomalies } from "./named-anomalies.js";
import { notes } from "./notes.js";
import { type VersionStep, versions } from "./versions.js";
import { otherSentences, refusalSentences } from "./why-operations.js";
import { rowSentences, type Telling } from "./why-rows.js";
import { type Manner, subject, wording } from "./wording.js";

interface Told extends Telling {
  readonly notes: readonly Note[];
  readonly found: readonly Violation[];
}

/** By manner and history: a caller asks for all events of a history, one after the other, in one manner. */
const told = new WeakMap<Manner, WeakMap<History, Told>>();

const usual: Manner = {};

/** The sentences for `history.events[index]`. */
export function why(history: History, index: number, manner: Manner = usual): string {
  const trace = versions(history);
  const known = told.get(manner) ?? new WeakMap<History, Told>();
  const one = known.get(history) ?? {
    trace,
    notes: notes(history),
    words: wording(trace, manner),
    found: namedAnomalies(history, { manner }),
  };
  told.set(manner, known.set(history, one));
  const step = trace.steps[index];
  if (!step) return "";
  const note = one.notes[index]!;
  return [waited(one, step, note), done(one, step, note), aftermath(one, step, note), completes(one, step), ended(one, step)]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

function waited({ words }: Told, { event }: VersionStep, { waitedFor }: Note): string {
  if (!waitedFor) return "";
  const { task, n, since } = waitedFor;
  const asked = words.step(since);
  if (task === undefined || n === undefined)
    return words.say({
      en: `${words.Task(event.task)} asked after ${asked} and had to wait until it was free.`,
      ko: `${subject(words, event.task)} ${asked} 뒤에 시도했지만 락이 풀릴 때까지 기다려야 했습니다.`,
    });
  return words.say({
    en: `${words.Task(event.task)} asked after ${asked} and had to wait for ${words.task(task)}, who let go at ${words.step(n)}.`,
    ko: `${subject(words, event.task)} ${asked} 뒤에 시도했지만 ${subject(words, task)} ${words.step(n)}에서 락을 풀 때까지 기다려야 했습니다.`,
  });
}

function done(all: Told, step: VersionStep, note: Note): string {
  if ("error" in step.event.reply) return refusalSentences(all, step, note);
  return rowSentences(all, step, note) ?? otherSentences(all, step);
}

/** Which copies of other tasks go out of date, and what the task does next. */
function aftermath({ words, trace, notes }: Told, { event }: VersionStep, { makesStale, conflict }: Note): string {
  const sentences: string[] = [];
  if (makesStale) {
    const holders = words.tasks(makesStale);
    sentences.push(
      words.say({
        en: `From now on ${holders} ${makesStale.length === 1 ? "holds a stale copy" : "hold stale copies"}.`,
        ko: `이제부터 ${particle(holders, "이", "가")} 든 사본은 낡은 값입니다.`,
      }),
    );
  }
  if (conflict) {
    const again = trace.steps.find(
      (later) => later.event.n > event.n && later.event.task === event.task && notes[later.event.n - 1]!.retry,
    );
    if (again) {
      const at = words.step(again.event.n);
      sentences.push(
        words.say({
          en: `It looks again at ${at} and does its work a second time: that is the price of not waiting.`,
          ko: `${at}에서 다시 읽고 같은 일을 한 번 더 합니다. 기다리지 않은 대가입니다.`,
        }),
      );
    }
  }
  return sentences.join(" ");
}

/** The anomalies whose last event this is; a lost update has been told with the write. */
const completes = ({ found, words }: Told, { event: { n } }: VersionStep): string =>
  found
    .filter(({ anomaly, events }) => anomaly !== "lost update" && Math.max(...events) === n)
    .map(({ anomaly, explanation }) =>
      words.say({
        en: `${/^[aio]/i.test(anomaly ?? "") ? "An" : "A"} ${anomaly}: ${explanation}`,
        ko: `${anomaly ? `${anomalyName(anomaly, "ko")}: ` : ""}${explanation}`,
      }),
    )
    .join(" ");

function ended({ trace, words }: Told, { event: { task, n } }: VersionStep): string {
  const outcome = trace.history.outcomes[task - 1];
  const last = trace.history.events.findLast((event) => event.task === task);
  if (!outcome || last?.n !== n) return "";
  const how = outcomeText(outcome, words.language);
  return words.say({ en: `${words.Task(task)} is done: ${how}.`, ko: `${subject(words, task)} 끝났습니다: ${how}.` });
}
