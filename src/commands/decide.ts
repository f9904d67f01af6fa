import { createInterface } from "node:readline/promises";
import { messageOf } from "../core/failure.js";
import { formatChoice } from "../core/schedule.js";
import { statusText } from "../core/work.js";
import { findLesson, lessonsOption, loadLesson, strategiesOf } from "../course/catalog.js";
import { type ExploreRequest, type TracedLesson, traceLesson, traceSteps } from "../explore/explore.js";
import { replayed } from "../explore/views.js";
import { serverUnknown } from "../report/limits.js";
import { left } from "../report/span.js";
import type { ReplayView } from "../report/views.js";
import { reportWords } from "../report/words.js";
import type { TaskStatus } from "../simulator/index.js";
import { exit, type Out } from "./out.js";
import { sizeText, withScenario } from "./scenario.js";
import { printSteps, verdictOfTrace } from "./steps-text.js";
import type { Register } from "./verb.js";
import { commandWords, counted } from "./words.js";

interface DecideRequest extends ExploreRequest {
  readonly moves?: string;
}

/** `racelab decide`: you are the scheduler. With `--moves`, or without a terminal, one position; else a conversation. */
async function decide({ moves = "", ...request }: DecideRequest, out: Out, signal: AbortSignal): Promise<number> {
  const traced = await traceLesson(request, moves, { signal });
  const { lesson, strategy, size, stepper } = traced;
  if (out.json) {
    out.object({ command: "decide", lesson, strategy, size, ...(await positionOf(traced)) });
    return exit.right;
  }
  out.paragraph(commandWords.heading("decide", lesson, strategy, sizeText(size, out)));
  out.line(commandWords.goal);
  await show(traced, out);
  if (moves === "" && process.stdin.isTTY && process.stdout.isTTY) await converse(traced, out, signal);
  else {
    const [first] = stepper.position.choices;
    if (first === undefined) return exit.right;
    const next = stepper.text + formatChoice(first);
    out.line();
    out.paragraph(commandWords.goOnWith(`racelab decide ${lesson} --moves ${next}${settingOptions(traced)}`));
  }
  return exit.right;
}

/** The options that have to be typed again to come back to the same setting. */
const settingOptions = ({ lesson, strategy }: TracedLesson): string => ` --strategy ${strategy}${lessonsOption(lesson)}`;

/** What can be chosen, what each choice leads to, and who has to wait. Counts are exact. */
async function positionOf({ stepper, explored, exploration }: TracedLesson) {
  const { position } = stepper;
  const { counterexample } = exploration;
  const choices = await Promise.all(
    position.choices.map(async (choice) => ({
      choice: formatChoice(choice),
      ...(await explored.peek(stepper.text + formatChoice(choice))),
    })),
  );
  const blocked = position.tasks
    .filter(({ status }) => status === "blocked")
    .map(({ task, operation, blockedBy }) => ({ task, operation, blockedBy }));
  return {
    moves: stepper.text,
    over: position.over,
    beyondModel: position.beyondModel,
    rows: position.rows,
    tasks: position.tasks.map(({ task, status, operation, sites, outcome }) => ({
      task,
      status,
      operation,
      at: sites[0] ?? null,
      outcome,
    })),
    choices,
    blocked,
    from: await explored.peek(stepper.text),
    // The smallest that a stopped search has found need not be the smallest there is.
    best: explored.isWhole && counterexample ? { schedule: counterexample.schedule, steps: counterexample.steps } : null,
  };
}

async function show(traced: TracedLesson, out: Out): Promise<void> {
  const { stepper } = traced;
  const { choices, over, best } = await positionOf(traced);
  const soFar = { ...traced, prospects: await traced.explored.canStillEndAt(stepper.schedule) };
  const steps = traceSteps(soFar);
  out.line();
  if (steps.length > 0) printSteps(soFar, steps, out);
  for (const task of stepper.position.tasks) out.paragraph(taskText(task, out), 2);
  out.line();
  if (over) {
    if (stepper.position.tasks.some(({ status }) => status === "blocked")) out.line(commandWords.deadlock);
    const played = out.say(counted.steps(stepper.schedule.length));
    const isReached = verdictOfTrace(soFar, steps).verdict === "violated";
    out.line(isReached ? commandWords.goalReached(played, best?.steps ?? null) : commandWords.nothingWrong);
    await printElsewhere(traced, out);
    return;
  }
  const { beyondModel } = stepper.position;
  if (beyondModel !== null) out.paragraph(commandWords.openEnd(serverUnknown(beyondModel)));
  for (const { choice, schedules, wrong, exact } of choices)
    out.line(`  ${choice}  ${out.say(commandWords.leads(wrong, schedules, exact))}`);
}

/** The order played, under the other strategies of the lesson. */
async function printElsewhere({ stepper, lesson, strategy, size }: TracedLesson, out: Out): Promise<void> {
  const others = strategiesOf(await loadLesson(findLesson(lesson), out.language)).filter((id) => id !== strategy);
  out.line();
  out.line(commandWords.elsewhere);
  for (const replay of await replayed({ lesson, strategy: "", size }, stepper.text, others, out.language)) {
    const { strategy, waits, conflicts } = replay;
    const cost = [
      ...(waits > 0 ? [out.say(counted.turnsWaiting(waits))] : []),
      ...(conflicts > 0 ? [out.say(counted.conflicts(conflicts))] : []),
    ];
    out.line(`  ${left(strategy, 22)} ${left(replayVerdict(replay, out), 32)} ${cost.join(", ")}`.trimEnd());
  }
}

function replayVerdict({ label, broken, stuck, unknown, refused }: ReplayView, { say }: Out): string {
  if (refused !== null) return say(commandWords.doesNotApply);
  if (unknown) return `?    ${say(reportWords.noAnswer)}`;
  if (stuck) return say(commandWords.nobodyCanGoOn);
  return broken.length > 0 ? `FAIL ${label}` : `ok   ${label}`;
}

function taskText({ task, status, operation, sites, blockedBy, outcome }: TaskStatus, { say, language }: Out): string {
  const at = sites[0] ? ` (${sites[0].split("/").slice(-2).join("/")})` : "";
  const what = operation
    ? `${operation.kind}${"key" in operation ? ` ${operation.key}` : "lock" in operation ? ` ${operation.lock}` : ""}`
    : "";
  const name = say(commandWords.task(task));
  if (status === "ended" || status === "cut")
    return `${name}  ${say(commandWords.ended(outcome ? statusText(outcome.status, language) : say(commandWords.cutOff)))}`;
  if (status === "blocked") return `${name}  ${what}${at}  ${say(commandWords.blockedBy(say(commandWords.tasks(blockedBy))))}`;
  return `${name}  ${what}${at}`;
}

/** Reads moves until the person leaves. A move is never lost: u takes it back, U makes it again. */
async function converse(traced: TracedLesson, out: Out, signal: AbortSignal): Promise<void> {
  const { stepper, lesson } = traced;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    for (;;) {
      const typed = (await lines.question(out.say(commandWords.whoGoesOn), { signal })).trim();
      if (typed === "q") return;
      if (typed === "u") stepper.undo();
      else if (typed === "U") stepper.redo();
      else if (typed === "r") stepper.goTo(0);
      else
        try {
          await stepper.replay(stepper.text + typed);
        } catch (error) {
          out.paragraph(messageOf(error));
        }
      await show(traced, out);
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "AbortError") throw error;
  } finally {
    lines.close();
    if (stepper.text)
      out.line(commandWords.comeBack(`racelab decide ${lesson} --moves ${stepper.text}${settingOptions(traced)}`));
  }
}

export const register: Register = (program, action) => {
  withScenario(
    program
      .command("decide")
      .description("you are the scheduler")
      .argument("<lesson>", "its id or number")
      .option("--moves <schedule>", "the choices so far, as in 122"),
  )
    .addHelpText("after", "\nExamples:\n  racelab decide lost-update\n  racelab decide lost-update --moves 12 --json\n")
    .action((lesson: string, options: Omit<DecideRequest, "lesson" | "language">) =>
      action((out, signal) => decide({ ...options, lesson, language: out.language }, out, signal)),
    );
};
