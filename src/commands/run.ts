import type { Command } from "commander";
import { strategyIds } from "../catalog.js";
import type { Observation } from "../core/verdict.js";
import { observe, type RunRequest } from "../services.js";
import { integer } from "./options.js";
import { count, duration, exit, grouped, type Out, paragraph } from "./out.js";

/** Anomalies that text shows in full; `--json` has all of them. */
const SHOWN = 3;

/** `racelab run`: real worker threads against a real store. */
export async function run(request: RunRequest, out: Out, signal: AbortSignal): Promise<number> {
  const observation = await observe(request, undefined, signal);
  const { history, ...rest } = observation;
  if (out.json) out.object({ command: "run", ...rest, expected: rest.tally.expected, history: null });
  else print(observation, out);
  if (observation.interrupted) return exit.interrupted;
  return observation.observation === "violated" || observation.failed > 0 ? exit.violated : exit.right;
}

function print(seen: Observation, out: Out): void {
  const { tally } = seen;
  out.line(`run: ${seen.lesson}, strategy ${seen.strategy}, store ${seen.store}`);
  out.line(
    `${count(seen.threads.length, "worker thread")}, ${count(seen.requests, "request")}, up to ${seen.inFlight * seen.workers} at once, seed ${seen.seed}`,
  );
  if (seen.think > 0)
    out.line(
      paragraph(
        `note: each request thinks about ${seen.think} ms after it reads, as a real service would; that widens the race. --think 0 turns it off`,
      ),
    );
  for (const notice of seen.notices) out.line(paragraph(`note: ${notice}`));
  out.line();
  const missing = tally.actual - tally.expected;
  const row = (name: string, value: number, says: string) =>
    out.line(`  ${name.padEnd(12)}${grouped(value).padStart(9)}   ${says}`);
  row("succeeded", seen.succeeded, `rejected ${grouped(seen.rejected)}   failed ${grouped(seen.failed)}`);
  row(
    tally.name,
    tally.actual,
    `expected ${grouped(tally.expected)}${missing === 0 ? "" : `, off by ${grouped(Math.abs(missing))}`}`,
  );
  row("operations", seen.operations, `${grouped(seen.opsPerSecond)} a second`);
  row("conflicts", seen.conflicts, `retries ${grouped(seen.retries)}   lock waits ${grouped(seen.lockWaits)}`);
  out.line(
    `  ${"time".padEnd(12)}${duration(seen.ms * 1000).padStart(9)}   a request: p50 ${duration(seen.p50Us)}, p99 ${duration(seen.p99Us)}`,
  );
  out.line();
  if (seen.turnedAway > 0)
    out.line(
      paragraph(
        `${count(seen.turnedAway, "request")} ${seen.turnedAway === 1 ? "was" : "were"} turned away although the rule, asked again at the end, says yes. Nothing is wrong in the store; this is the price of giving up.`,
      ),
    );
  explain(seen, out);
  for (const failure of seen.failures.slice(0, SHOWN)) out.line(paragraph(`failed: ${failure}`));
  if (seen.failures.length > SHOWN) out.line(`failed: ${grouped(seen.failures.length - SHOWN)} more`);
  if (seen.interrupted) out.line("interrupted: the figures are of what had been done by then");
}

function explain({ violations, observation, lesson, strategy }: Observation, out: Out): void {
  const named = violations.filter(({ anomaly }) => anomaly);
  for (const { anomaly, explanation } of named.slice(0, SHOWN)) {
    out.line(`${anomaly}:`);
    out.line(paragraph(explanation, 2));
  }
  if (named.length > SHOWN) out.line(`and ${grouped(named.length - SHOWN)} more, see --json`);
  if (named.length > 0) out.line();
  for (const { property, explanation } of violations.filter(({ anomaly }) => !anomaly))
    out.line(paragraph(`FAIL ${property}: ${explanation}`));
  if (observation === "violated") out.line(`next: racelab explore ${lesson} --strategy ${strategy}`);
  else {
    out.line("ok   nothing wrong was observed. Threads can refute, they cannot prove.");
    out.line(`next: racelab explore ${lesson} --strategy ${strategy}`);
  }
}

export const register = (
  program: Command,
  action: (run: (out: Out, signal: AbortSignal) => Promise<number>) => Promise<void>,
): void => {
  program
    .command("run")
    .description("real worker threads against a real store")
    .argument("<lesson>", "its id or number")
    .option("--strategy <id>", `how the work is protected: ${strategyIds().join(", ")}`, "none")
    .option("--store <url>", "memory: or lowdb:file.json", "memory:")
    .option("--workers <n>", "worker threads", integer(1, 64), 4)
    .option("--requests <n>", "requests in all (default: the lesson's)", integer(1, 1_000_000))
    .option("--in-flight <n>", "requests that each worker keeps going at once", integer(1, 10_000))
    .option("--think <ms>", "milliseconds after each read (default: the lesson's)", integer(0, 60_000))
    .option("--seed <n>", "of the thinking times", integer(0, 2 ** 31 - 1), 1)
    .option("--deadline <ms>", "after which a request counts as hung", integer(10, 3_600_000), 10_000)
    .addHelpText(
      "after",
      "\nExamples:\n  racelab run lost-update --strategy none --workers 4 --think 1\n  racelab run lost-update --strategy cas --store lowdb:shop.json --json\n",
    )
    .action((lesson: string, options: Omit<RunRequest, "lesson">) =>
      action((out, signal) => run({ ...options, lesson }, out, signal)),
    );
};
