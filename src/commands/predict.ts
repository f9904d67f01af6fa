import type { Question } from "../core/lesson.js";
import { findLesson, lessonsOption, loadLesson } from "../course/catalog.js";
import { explored } from "../explore/views.js";
import { type Amount, isRight, type PredictionPoint, points, questionOptions } from "../report/score.js";
import { left, right as toTheRight, width } from "../report/span.js";
import type { ExploredView } from "../report/views.js";
import { reportWords } from "../report/words.js";
import { exit, grouped, Misuse, type Out } from "./out.js";
import type { Register } from "./verb.js";
import { commandWords } from "./words.js";

interface PredictOptions {
  readonly answers?: readonly (readonly number[])[];
}

/** A question of the lesson. */
interface Asked {
  readonly question: Question;
  /** What can be answered. */
  readonly options: readonly string[];
  /** What the explorer found; null: the lesson itself says what is right. */
  readonly exact: ExploredView | null;
}

/** `racelab predict`: the lesson's questions, or, with answers, how the answers compare with what every schedule says. */
async function predict(lesson: string, { answers }: PredictOptions, out: Out): Promise<number> {
  const entry = findLesson(lesson);
  const { questions = [] } = await loadLesson(entry, out.language);
  const asked: Asked[] = [];
  for (const question of questions) {
    const exact = question.kind === "choice" ? null : await explored({ ...question, lesson: entry.id }, out.language);
    const texts = ({ options }: Question & { kind: "choice" }) => options.map(out.say);
    asked.push({ question, exact, options: questionOptions(question, exact, texts) });
  }
  check(asked, answers);
  const scored = asked.map((one, index) => ({
    ...one,
    points: answers
      ? points(
          one.question,
          one.options,
          (answers[index] ?? []).map((number) => number - 1),
          one.exact,
        )
      : null,
  }));
  const all = scored.flatMap(({ points }) => points ?? []);
  const right = all.filter(isRight).length;
  if (out.json) {
    const shown = scored.map(({ question, options, points }) => ({
      ask: out.say(question.ask),
      kind: question.kind,
      options,
      points,
    }));
    out.object({
      command: "predict",
      lesson: entry.id,
      questions: shown,
      right: answers ? right : null,
      all: answers ? all.length : null,
    });
    return exit.right;
  }
  out.line(commandWords.questions(entry.id, asked.length));
  if (asked.length === 0) {
    out.line(commandWords.asksNothing(`${entry.id}${lessonsOption(entry.id)}`));
    return exit.right;
  }
  for (const [index, one] of scored.entries()) print(index + 1, one, out);
  out.line();
  const lessons = lessonsOption(entry.id);
  if (answers) out.paragraph(commandWords.scored(right, all.length, `racelab decide ${entry.id}${lessons}`));
  else {
    const example = asked.map(({ question }) => (question.kind === "ends" ? "1,2" : "1")).join(";");
    out.paragraph(commandWords.howToAnswer(`racelab predict ${entry.id} --answers "${example}"${lessons}`));
  }
  return exit.right;
}

function check(asked: readonly Asked[], answers: PredictOptions["answers"]): void {
  if (!answers) return;
  if (answers.length !== asked.length)
    throw new Misuse(
      `--answers: there are ${asked.length} questions, ${answers.length} were answered; a semicolon stands between two`,
    );
  for (const [index, given] of answers.entries()) {
    const most = asked[index]?.options.length ?? 0;
    const wrong = given.find((number) => !Number.isInteger(number) || number < 1 || number > most);
    if (wrong !== undefined) throw new Misuse(`--answers: question ${index + 1} has answers 1 to ${most}`);
  }
}

function print(
  number: number,
  { question, options, points }: Asked & { readonly points: readonly PredictionPoint[] | null },
  out: Out,
): void {
  const { say } = out;
  out.line();
  const many = question.kind === "ends" && !points ? ` (${say(commandWords.manyMayBeRight)})` : "";
  out.paragraph(`${number}. ${say(question.ask)}${many}`);
  const shown = (option: string) => (question.kind === "how-many" ? say(reportWords.amounts[option as Amount]) : option);
  if (!points) {
    for (const [index, option] of options.entries()) out.paragraph(`${index + 1}  ${shown(option)}`, 3);
    return;
  }
  const columns = Math.min(36, Math.max(...points.map(({ option }) => width(shown(option)))));
  for (const point of points) {
    const verdict = say(isRight(point) ? commandWords.right : point.true ? commandWords.missed : commandWords.impossible);
    const possible = left(point.true ? say(commandWords.possible) : "-", 8);
    const exact = point.schedules === null ? "" : `  ${possible} ${toTheRight(grouped(point.schedules), 12)}`;
    out.line(
      `   ${left(shown(point.option), columns)}  ${left(point.said ? say(commandWords.said) : "-", 5)}${exact}  ${verdict}`,
    );
  }
  if (question.kind === "choice") out.paragraph(question.because, 3);
}

/** `1,2;3`: for each question the numbers of the options chosen, from 1. */
const numbers = (text: string): readonly (readonly number[])[] =>
  text.split(";").map((part) =>
    part
      .split(",")
      .filter((each) => each.trim() !== "")
      .map(Number),
  );

export const register: Register = (program, action) => {
  program
    .command("predict")
    .description("the lesson's questions, scored against every schedule")
    .argument("<lesson>", "its id or number")
    .option("--answers <n,n;n>", "the numbers of what you choose, a semicolon between two questions", numbers)
    .addHelpText(
      "after",
      '\nExamples:\n  racelab predict lost-update\n  racelab predict lost-update --answers "2,3,4;4;3,4,5,6"\n',
    )
    .action((lesson: string, options: PredictOptions) => action((out) => predict(lesson, options, out)));
};
