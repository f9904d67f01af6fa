import { createInterface } from "node:readline/promises";
import type { Command } from "commander";
import { formatChoice } from "../core/schedule.js";
import { type ExploreRequest, type TracedLesson, traceLesson, traceSteps } from "../explore.js";
import type { TaskView } from "../simulator/index.js";
import { sizeText, withScenario } from "./explore.js";
import { exit, grouped, type Out, paragraph } from "./out.js";
import { printSteps } from "./trace.js";

interface DecideRequest extends ExploreRequest {
  readonly moves?: string;
}

/** `racelab decide`: you are the scheduler. With `--moves`, or without a terminal, one position; else a conversation. */
export async function decide({ moves = "", ...request }: DecideRequest, out: Out, signal: AbortSignal): Promise<number> {
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
  out.line(`decide: ${traced.lesson}, strategy ${traced.strategy}, ${sizeText(traced.size)}`);
  out.line("goal: make it go wrong");
  await show(traced, out);
  if (moves === "" && process.stdin.isTTY && process.stdout.isTTY) await converse(traced, out, signal);
  return exit.right;
}

/** What can be chosen, what each choice leads to, and what is left. Counts are exact. */
async function positionOf({ stepper, explored, exploration }: TracedLesson) {
  const { position } = stepper;
  const wrong = new Set(exploration.outcomes.filter(({ violates }) => violates.length > 0).map(({ label }) => label));
  const peek = async (schedule: string) => {
    const ends = await explored.completions(schedule);
    const total = [...ends.values()].reduce((sum, n) => sum + n, 0n);
    const goingWrong = [...ends].reduce((sum, [label, n]) => (wrong.has(label) ? sum + n : sum), 0n);
    return { schedules: total, wrong: goingWrong };
  };
  const choices = await Promise.all(
    position.choices.map(async (choice) => ({
      choice: formatChoice(choice),
      ...(await peek(stepper.text + formatChoice(choice))),
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
    from: await peek(stepper.text),
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
    if (stuck) out.line("nobody can go on: deadlock");
    out.line(
      wrong
        ? `goal reached in ${stepper.schedule.length} steps${best ? ` (best possible ${best.steps})` : ""}`
        : "everybody has ended, and nothing is wrong: undo, and try another order",
    );
    return;
  }
  for (const { choice, schedules, wrong } of choices)
    out.line(`  ${choice}  ${grouped(wrong)} of ${grouped(schedules)} schedules from there go wrong`);
}

function taskLine({ task, status, operation, sites, blockedBy, outcome }: TaskView): string {
  const at = sites[0] ? ` (${sites[0].split("/").slice(-2).join("/")})` : "";
  const what = operation
    ? `${operation.kind}${"key" in operation ? ` ${operation.key}` : "lock" in operation ? ` ${operation.lock}` : ""}`
    : "";
  if (status === "ended" || status === "cut") return `task ${task}  ended: ${outcome ? outcome.status : "cut off"}`;
  if (status === "blocked") return `task ${task}  ${what}${at}  blocked: waits for task ${blockedBy.join(" and ")}`;
  return `task ${task}  ${what}${at}`;
}

/** Reads moves until there are no more. Nothing is ever lost: u undoes, U brings it back. */
async function converse(traced: TracedLesson, out: Out, signal: AbortSignal): Promise<void> {
  const { stepper } = traced;
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    for (;;) {
      const typed = (await lines.question("who goes on (u undo, U redo, r restart, q quit)? ", { signal })).trim();
      if (typed === "q") return;
      if (typed === "u") stepper.undo();
      else if (typed === "U") stepper.redo();
      else if (typed === "r") stepper.goTo(0);
      else
        try {
          await stepper.replay(stepper.text + typed);
        } catch (error) {
          out.line(paragraph(error instanceof Error ? error.message : String(error)));
        }
      await show(traced, out);
    }
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "AbortError") throw error;
  } finally {
    lines.close();
    if (stepper.text)
      out.line(`come back with: racelab decide ${traced.lesson} --moves ${stepper.text} --strategy ${traced.strategy}`);
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
    .action((lesson: string, options: Omit<DecideRequest, "lesson">) =>
      action((out, signal) => decide({ ...options, lesson }, out, signal)),
    );
};
