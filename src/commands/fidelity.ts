/** `racelab check --fidelity URL`: is the model true? Orders are conducted on a real database and compared. */

import { type Compared, type Difference, fidelity, lessonSubjects, recordedSubjects, said } from "../conduct/fidelity.js";
import { findLesson } from "../course/catalog.js";
import { cut as cutTo, left, width } from "../report/span.js";
import { withoutCredentials } from "../stores/open.js";
import { exit, type Out, paragraph } from "./out.js";
import { commandWords, language, say } from "./words.js";

export interface FidelityOptions {
  readonly fidelity: string;
  readonly schedules: number;
  readonly schemas: number;
  readonly seed: number;
  /** Files of recorded cases; with them and without lessons, only these. */
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
  const head = () => {
    if (!out.json) out.line(say(commandWords.fidelityOf(withoutCredentials(store), subjects.length)));
  };
  for await (const compared of fidelity({ store, subjects, most, lanes, seed }, signal)) {
    // The first one: until then the store may turn out not to be there.
    if (results.length === 0) head();
    results.push(compared);
    if (!out.json) print(compared, out);
  }
  const seconds = (performance.now() - began) / 1000;
  const sum = (of: (one: Compared) => number) => results.reduce((total, one) => total + of(one), 0);
  const [conducted, races, again] = [sum((one) => one.conducted), sum((one) => one.races), sum((one) => one.again)];
  const differences = sum((one) => one.differences.length);
  const skipped = sum((one) => Object.values(one.skipped).reduce((total, n) => total + n, 0));
  const aSecond = seconds > 0 ? Math.round((conducted / seconds) * 10) / 10 : 0;
  if (out.json)
    out.object({
      ...{ command: "check", fidelity: withoutCredentials(store), seed, conducted, aSecond, races, again, skipped, differences },
      results,
    });
  else {
    out.line();
    out.line(paragraph(say(commandWords.fidelitySum(conducted, aSecond, races, again, skipped))));
    if (signal.aborted) out.line(say(commandWords.interruptedAt(results.length, subjects.length)));
    if (!signal.aborted || differences > 0)
      out.line(say(differences === 0 ? commandWords.noDifference : commandWords.differences(differences)));
  }
  if (signal.aborted) return exit.interrupted;
  return differences > 0 ? exit.violated : exit.right;
}

function print({ subject, conducted, complete, races, skipped, differences }: Compared, out: Out): void {
  const word = differences.length > 0 ? "FAIL" : conducted > 0 ? "ok" : "skip";
  out.line(paragraph(`${word.padEnd(5)}${say(commandWords.ordersOf(subject, complete, conducted, races))}`));
  for (const [reason, n] of Object.entries(skipped)) out.line(paragraph(say(commandWords.skippedFor(n, reason)), 5));
  for (const difference of differences.slice(0, SHOWN)) lanes(difference, out);
  if (differences.length > SHOWN) out.line(`     ${say(commandWords.moreDifferences(differences.length - SHOWN))}`);
}

/** Both traces side by side; a line on which they differ has a mark. */
function lanes({ order, model, real }: Difference, out: Out): void {
  out.line(paragraph(say(commandWords.order(order)), 5));
  out.line(`     ${say(commandWords.stepAndTask)}  ${left(say(commandWords.modelSide), SIDE)} ${say(commandWords.databaseSide)}`);
  for (const [i, step] of real.steps.entries()) {
    const other = model.steps[i];
    const [a, b] = [other ? said(other, language()) : say(commandWords.nothing), said(step, language())];
    const mark = a === b ? " " : "!";
    out.line(`   ${mark} ${String(i + 1).padStart(4)} ${String(step.task).padStart(4)}  ${left(cut(a), SIDE)} ${cut(b)}`);
  }
  const [expected, actual] = [JSON.stringify(model.rows), JSON.stringify(real.rows)];
  if (expected !== actual) out.line(paragraph(say(commandWords.rowsInTheEnd(expected, actual)), 5));
}

const cut = (text: string): string => (width(text) > SIDE ? `${cutTo(text, SIDE - 2)}..` : text);
