import { type ExploreRequest, traceLesson, traceSteps } from "../explore/explore.js";
import { traceOnDatabase } from "./conducted.js";
import { traceJson } from "./json.js";
import { exit, type Out } from "./out.js";
import { withScenario } from "./scenario.js";
import { printTrace, verdictOfTrace } from "./steps-text.js";
import type { Register } from "./verb.js";

interface TraceRequest extends ExploreRequest {
  /** A database: the schedule is conducted there. */
  readonly store?: string;
}

/** `racelab trace`: one schedule, step by step, with what is still possible after each. */
async function trace(request: TraceRequest, schedule: string, out: Out, signal: AbortSignal): Promise<number> {
  const { store, ...asked } = request;
  if (store !== undefined && store !== "memory:") return traceOnDatabase(store, asked, schedule, out, signal);
  const traced = await traceLesson(asked, schedule, { signal });
  const steps = traceSteps(traced);
  if (out.json) out.object(traceJson(traced, steps));
  else printTrace(traced, steps, out);
  if (verdictOfTrace(traced, steps).verdict === "violated") return exit.violated;
  return traced.stepper.position.beyondModel === null ? exit.right : exit.incomplete;
}

export const register: Register = (program, action) => {
  withScenario(
    program
      .command("trace")
      .description("one schedule, step by step")
      .argument("<lesson>", "its id or number")
      .argument("<schedule>", "the tasks' digits in order: 1221, or in runs: 1*3 2*3"),
  )
    .option("--store <url>", "a database: the schedule is conducted there, on one connection a task")
    .addHelpText(
      "after",
      "\nExamples:\n  racelab trace lost-update 122331\n  racelab trace lost-update 1122 --strategy cas --size tasks=2 --json\n  racelab trace lost-update 1122 --strategy row-lock --store postgres://postgres@localhost/test\n",
    )
    .action((lesson: string, schedule: string, options: Omit<TraceRequest, "lesson" | "language">) =>
      action((out, signal) => trace({ ...options, lesson, language: out.language }, schedule, out, signal)),
    );
};
