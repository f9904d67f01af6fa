import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { messageOf } from "../core/failure.js";
import { formatChoice } from "../core/schedule.js";
import { statusText } from "../core/work.js";
import { findLesson, lessonsOption, loadLesson, strategiesOf } from "../course/catalog.js";
import { type ExploreRequest, type TracedLesson, traceLesson, traceSteps } from "../explore/explore.js";
import { replayed } from "../explore/views.js";
import { left } from "../report/span.js";
import type { TaskStatus } from "../simulator/index.js";
import { sizeText, withScenario } from "./explore.js";
import { exit, type Out, paragraph } from "./out.js";
import { printSteps } from "./trace.js";
import { commandWords, counted, language, say } from "./words.js";

interface DecideRequest extends ExploreRequest {
  readonly moves?: string;
}

/** `racelab decide`: you are the scheduler. With `--moves`, or without a terminal, one position; else a conversation. */
export async function decideCommand({ moves = "", ...request }: DecideRequest, out: Out, signal: AbortSignal): Promise<number> {
  const traced = await traceLesson(request, moves, { signal });
  if (out.json) {
    out.object({
      command: "decide",
      lesson: traced.lesson,
      strategy: traced.strategy,
      size: traced.size,
      ...(await positionOf(traced)),
    });
    return exit.right;
  }
  out.line(paragraph(say(commandWords.heading("decide", traced.lesson, traced.strategy, sizeText(traced.size)))));
  out.line(say(commandWords.goal));
  await show(traced, out);
  if (moves === "" && process.stdin.isTTY && process.stdout.isTTY) await converse(traced, out, signal);
  else if (!traced.stepper.position.over) {
    const [first] = traced.stepper.position.choices;
    const next = first === undefined ? "" : traced.stepper.text + formatChoice(first);
    out.line();
    out.line(paragraph(say(commandWords.goOnWith(`racelab decide ${traced.lesson} --moves ${next}${optionsOf(traced)}`))));
  }
  return exit.right;
}

/** What has to be typed again to be in the same setting. */
const optionsOf = ({ lesson, strategy }: TracedLesson): string => ` --strategy ${strategy}${lessonsOption(lesson)}`;

/** What can be chosen, what each choice leads to, and what is left. Counts are exact. */
async function positionOf({ stepper, explored, exploration }: TracedLesson) {
  const { position } = stepper;
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
    best: exploration.counterexample && {
      schedule: exploration.counterexample.schedule,
      steps: exploration.counterexample.steps,
    },
  };
}

async function show(traced: TracedLesson, out: Out): Promise<void> {
  const { stepper } = traced;
  const { choices, over, from, best } = await positionOf(traced);
  out.line();
  if (stepper.schedule.length > 0)
    printSteps(
      { ...traced, prospects: await traced.explored.canStillEndAt(stepper.schedule) },
      traceSteps({ ...traced, prospects: await traced.explored.canStillEndAt(stepper.schedule) }),
      out,
    );
  for (const view of stepper.position.tasks) out.line(paragraph(taskLine(view), 2));
  out.line();
  if (over) {
    const wrong = from.wrong > 0n;
    const stuck = stepper.position.tasks.some(({ status }) => status === "blocked");
    if (stuck) out.line(say(commandWords.deadlock));
    out.line(
      say(
        wrong
          ? commandWords.goalReached(say(counted.steps(stepper.schedule.length)), best?.steps ?? null)
          : commandWords.nothingWrong,
      ),
    );
    await elsewhere(traced, out);
    return;
  }
  for (const { choice, schedules, wrong } of choices) out.line(`  ${choice}  ${say(commandWords.leads(wrong, schedules))}`);
}

/** The order played, under the other strategies of the lesson. */
async function elsewhere({ stepper, lesson, strategy, size }: TracedLesson, out: Out): Promise<void> {
  const others = strategiesOf(await loadLesson(findLesson(lesson), language())).filter((id) => id !== strategy);
  out.line();
  out.line(say(commandWords.elsewhere));
  for (const { strategy, label, broken, stuck, waits, conflicts, refused } of await replayed(
    { lesson, strategy: "", size },
    stepper.text,
    others,
    language(),
  )) {
    const verdict =
      refused !== null
        ? say(commandWords.doesNotApply)
        : stuck
          ? say(commandWords.nobodyCanGoOn)
          : broken.length > 0
            ? `FAIL ${label}`
            : `ok   ${label}`;
    const cost = [
      ...(waits > 0 ? [say(counted.turnsWaiting(waits))] : []),
      ...(conflicts > 0 ? [say(counted.conflicts(conflicts))] : []),
    ];
    out.line(`  ${left(strategy, 22)} ${left(verdict, 32)} ${cost.join(", ")}`.trimEnd());
  }
}

function taskLine({ task, status, operation, sites, blockedBy, outcome }: TaskStatus): string {
  const at = sites[0] ? ` (${sites[0].split("/").slice(-2).join("/")})` : "";
  const what = operation
    ? `${operation.kind}${"key" in operation ? ` ${operation.key}` : "lock" in operation ? ` ${operation.lock}` : ""}`
    : "";
  const name = say(commandWords.task(task));
  if (status === "ended" || status === "cut")
    return `${name}  ${say(commandWords.ended(outcome ? statusText(outcome.status, language()) : say(commandWords.cutOff)))}`;
  if (status === "blocked") return `${name}  ${what}${at}  ${say(commandWords.blockedBy(say(commandWords.tasks(blockedBy))))}`;
  return `${name}  ${what}${at}`;
}

/** Reads moves until there are no more. Nothing is ever lost: u undoes, U brings it back. */
async function converse(traced: TracedLesson, out: Out, signal: AbortSignal): Promise<void> {
  const { stepper } = traced;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    for (;;) {
      const typed = (await lines.question(say(commandWords.whoGoesOn), { signal })).trim();
      if (typed === "q") return;
      if (typed === "u") stepper.undo();
      else if (typed === "U") stepper.redo();
      else if (typed === "r") stepper.goTo(0);
      else
        try {
          await stepper.replay(stepper.text + typed);
        } catch (error) {
          out.line(paragraph(messageOf(error)));
        }
      await show(traced, out);
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "AbortError") throw error;
  } finally {
    lines.close();
    if (stepper.text)
      out.line(say(commandWords.comeBack(`racelab decide ${traced.lesson} --moves ${stepper.text}${optionsOf(traced)}`)));
  }
}

export const register = (
  program: Command,
  action: (run: (out: Out, signal: AbortSignal) => Promise<number>) => Promise<void>,
): void => {
  withScenario(
    program
      .command("decide")
      .description("you are the scheduler")
      .argument("<lesson>", "its id or number")
      .option("--moves <schedule>", "the choices so far, as in 122"),
  )
    .addHelpText("after", "\nExamples:\n  racelab decide lost-update\n  racelab decide lost-update --moves 12 --json\n")
    .action((lesson: string, options: Omit<DecideRequest, "lesson" | "language">) =>
      action((out, signal) => decideCommand({ ...options, lesson, language: language() }, out, signal)),
    );
};
