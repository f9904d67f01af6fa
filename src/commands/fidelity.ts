/** `racelab check --fidelity URL`: is the model true? Orders are conducted on a real database and compared with the model. */

import { type Compared, type Difference, fidelity, lessonSubjects, recordedSubjects, said } from "../conduct/fidelity.js";
import { type Correction, corrections } from "../core/correction.js";
import { withoutCredentials } from "../core/credentials.js";
import { findLesson } from "../course/catalog.js";
import { clip, left } from "../report/span.js";
import { exit, type Out } from "./out.js";
import { commandWords } from "./words.js";

export interface FidelityOptions {
  readonly fidelity: string;
  readonly schedules: number;
  readonly schemas: number;
  readonly seed: number;
  /** Files of recorded cases. If there are any and no lessons are named, only these cases are compared. */
  readonly recorded?: readonly string[];
}

/** Differences of one subject that text shows. */
const SHOWN = 1;
/** Columns of one side of the lanes. */
const SIDE = 34;

export async function checkFidelity(
  names: readonly string[],
  options: FidelityOptions,
  out: Out,
  signal: AbortSignal,
): Promise<number> {
  const { fidelity: store, schedules: most, schemas: lanes, seed, recorded = [] } = options;
  const ids = names.map((name) => findLesson(name).id);
  const lessons = recorded.length > 0 && ids.length === 0 ? [] : await lessonSubjects(ids);
  const subjects = [...recordedSubjects(recorded), ...lessons];
  const results: Compared[] = [];
  const began = performance.now();
  let server: string | null = null;
  const opened = (name: string | null) => {
    server = name;
    if (!out.json) out.paragraph(commandWords.fidelityOf(server, store, subjects.length));
  };
  for await (const compared of fidelity({ store, subjects, most, lanes, seed, opened }, signal)) {
    results.push(compared);
    if (!out.json) print(compared, out);
  }
  const seconds = (performance.now() - began) / 1000;
  const sum = (of: (one: Compared) => number) => results.reduce((total, one) => total + of(one), 0);
  const [conducted, races, again] = [sum((one) => one.conducted), sum((one) => one.races), sum((one) => one.again)];
  const differences = sum((one) => one.differences.length);
  const skipped = sum((one) => Object.values(one.skipped).reduce((total, n) => total + n, 0));
  const allowed = sum((one) => Object.values(one.allowed).reduce((total, n) => total + n, 0));
  const aSecond = seconds > 0 ? Math.round((conducted / seconds) * 10) / 10 : 0;
  if (out.json)
    out.object({
      command: "check",
      fidelity: withoutCredentials(store),
      server,
      seed,
      conducted,
      aSecond,
      races,
      again,
      victims: sum((one) => one.victims),
      skipped,
      allowed,
      differences,
      results,
    });
  else {
    out.line();
    out.paragraph(commandWords.fidelitySum(conducted, aSecond, races, again, skipped));
    if (signal.aborted) out.line(commandWords.interruptedAt(results.length, subjects.length));
    const none = allowed === 0 ? commandWords.noDifference : commandWords.allowedOnly(allowed);
    if (!signal.aborted || differences > 0) out.line(differences === 0 ? none : commandWords.differences(differences));
  }
  if (signal.aborted) return exit.interrupted;
  return differences > 0 ? exit.violated : exit.right;
}

function print({ subject, conducted, complete, races, victims, skipped, allowed, differences }: Compared, out: Out): void {
  const word = differences.length > 0 ? "FAIL" : conducted > 0 ? "ok" : "skip";
  out.paragraph(`${word.padEnd(5)}${out.say(commandWords.ordersOf(subject, complete, conducted, races))}`);
  if (victims > 0) out.paragraph(commandWords.otherVictims(victims), 5);
  for (const [reason, n] of Object.entries(skipped)) out.paragraph(commandWords.skippedFor(n, reason), 5);
  for (const [name, n] of Object.entries(allowed)) out.paragraph(commandWords.allowedFor(n, corrections[name as Correction]), 5);
  for (const difference of differences.slice(0, SHOWN)) printDifference(difference, out);
  if (differences.length > SHOWN) out.line(`     ${out.say(commandWords.moreDifferences(differences.length - SHOWN))}`);
}

/** Both traces side by side; a line on which they differ has a mark. */
function printDifference({ order, model, real }: Difference, out: Out): void {
  const { say } = out;
  out.paragraph(commandWords.order(order), 5);
  out.line(`     ${say(commandWords.stepAndTask)}  ${left(say(commandWords.modelSide), SIDE)} ${say(commandWords.databaseSide)}`);
  for (const [i, step] of real.steps.entries()) {
    const other = model.steps[i];
    const [a, b] = [other ? said(other, out.language) : say(commandWords.nothing), said(step, out.language)];
    const mark = a === b ? " " : "!";
    out.line(`   ${mark} ${String(i + 1).padStart(4)} ${String(step.task).padStart(4)}  ${left(a, SIDE)} ${clip(b, SIDE)}`);
  }
  const [expected, actual] = [JSON.stringify(model.rows), JSON.stringify(real.rows)];
  if (expected !== actual) out.paragraph(commandWords.rowsInTheEnd(expected, actual), 5);
}
