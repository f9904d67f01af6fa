/** `racelab check --fidelity URL`: is the model true? Orders are conducted on a real database and compared. */
import { findLesson } from "../catalog.js";
import { type Compared, type Difference, fidelity, lessonSubjects, recordedSubjects, said } from "../fidelity.js";
import { left, width } from "../report/span.js";
import { withoutCredentials } from "../stores/open.js";
import { count, exit, grouped, type Out, paragraph } from "./out.js";

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
    if (!out.json) out.line(`fidelity: the model against ${withoutCredentials(store)}, ${count(subjects.length, "subject")}`);
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
    out.line(
      paragraph(
        `${count(conducted, "schedule")} conducted and compared step by step, ${aSecond} a second; ${grouped(races)} of them are races, where the model has several traces and the database gave one of them; ${grouped(again)} agreed only when played again, more slowly; ${grouped(skipped)} skipped, for the reasons above`,
      ),
    );
    if (signal.aborted) out.line(`interrupted after ${results.length} of ${count(subjects.length, "subject")}`);
    if (!signal.aborted || differences > 0)
      out.line(differences === 0 ? "ok   no difference" : `FAIL ${count(differences, "difference")}`);
  }
  if (signal.aborted) return exit.interrupted;
  return differences > 0 ? exit.violated : exit.right;
}

function print({ subject, conducted, complete, races, skipped, differences }: Compared, out: Out): void {
  const which = complete ? "all" : "a sample of";
  const raced = races > 0 ? `, ${count(races, "race")}` : "";
  const word = differences.length > 0 ? "FAIL" : conducted > 0 ? "ok" : "skip";
  out.line(paragraph(`${word.padEnd(5)}${subject}: ${which} ${count(conducted, "order")}${raced}`));
  for (const [reason, n] of Object.entries(skipped)) out.line(paragraph(`${grouped(n)} skipped: ${reason}`, 5));
  for (const difference of differences.slice(0, SHOWN)) lanes(difference, out);
  if (differences.length > SHOWN) out.line(`     and ${count(differences.length - SHOWN, "more difference")}, see --json`);
}

/** Both traces side by side; a line on which they differ has a mark. */
function lanes({ order, model, real }: Difference, out: Out): void {
  out.line(paragraph(`order ${order}`, 5));
  out.line(`     step task  ${left("the model", SIDE)} the database`);
  for (const [i, step] of real.steps.entries()) {
    const other = model.steps[i];
    const [a, b] = [other ? said(other) : "nothing", said(step)];
    const mark = a === b ? " " : "!";
    out.line(`   ${mark} ${String(i + 1).padStart(4)} ${String(step.task).padStart(4)}  ${left(cut(a), SIDE)} ${cut(b)}`);
  }
  const [expected, actual] = [JSON.stringify(model.rows), JSON.stringify(real.rows)];
  if (expected !== actual) out.line(paragraph(`rows in the end: ${expected} and ${actual}`, 5));
}

const cut = (text: string): string => (width(text) > SIDE ? `${text.slice(0, SIDE - 2)}..` : text);
