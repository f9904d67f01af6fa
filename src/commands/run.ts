import { InvalidArgumentError } from "commander";
import { historyText } from "../checkers/history-text.js";
import { anomalyName } from "../core/anomaly.js";
import { withoutCredentials } from "../core/credentials.js";
import type { Text } from "../core/language.js";
import type { Observation } from "../core/verdict.js";
import { findLesson, lessonsOption, strategyIds } from "../course/catalog.js";
import { left, right } from "../report/span.js";
import { offText } from "../report/tally.js";
import type { RunRequest } from "../report/views.js";
import { reportWords } from "../report/words.js";
import type { ListenAddress } from "../run/metrics.js";
import { observe } from "../run/observe.js";
import { engines } from "../stores/open.js";
import { refuseFile, writeNewFile } from "./new-file.js";
import { integer, sizeBesidesTasks } from "./options.js";
import { exit, grouped, type Out, paragraph, timeText } from "./out.js";
import type { Register } from "./verb.js";
import { commandWords, counted } from "./words.js";

/** Anomalies that text shows in full; `--json` has all of them. */
const SHOWN = 3;

interface RunOptions extends RunRequest {
  /** Where metrics are served meanwhile. */
  readonly metrics?: ListenAddress;
  /** The file that the history is written to, and whether that may be there already. */
  readonly history?: string;
  readonly force?: boolean;
}

/** `racelab run`: real worker threads against a real store. */
async function run(options: RunOptions, out: Out, signal: AbortSignal): Promise<number> {
  const { metrics: address, history: file, force = false, ...request } = options;
  if (file !== undefined) refuseFile(file, force);
  const note = (sentence: string) => out.note(paragraph(sentence));
  const metrics = address && (await (await import("../run/metrics.js")).serveMetrics(address, labelsOf(request)));
  if (metrics) note(`metrics at ${metrics.url} until the run ends`);
  const observation = await observe(request, metrics?.on, signal, note).finally(() => metrics?.close());
  const { history, ...rest } = observation;
  if (file !== undefined) writeNewFile(file, historyText(history), force);
  const written = file === undefined ? {} : { history: file };
  const { off: _, ...tally } = { ...rest.tally, says: offText(rest.tally, rest.tally, out.language) };
  if (out.json) out.object({ command: "run", ...rest, tally, expected: tally.expected, ...written });
  else print(observation, out);
  if (file !== undefined && !out.json) out.paragraph(commandWords.historyWritten(file, history.length));
  if (observation.interrupted) return exit.interrupted;
  if (observation.observation === "violated" || observation.failed > 0) return exit.violated;
  return observation.observation === "not-judged" ? exit.incomplete : exit.right;
}

function print(seen: Observation, out: Out): void {
  const { tally } = seen;
  const { say } = out;
  out.paragraph(commandWords.ran(seen.lesson, seen.strategy, seen.store));
  const threads = `${say(counted.threads(seen.threads.length))}${seen.servers > 1 ? say(commandWords.onServers(seen.servers)) : ""}`;
  out.line(commandWords.atOnce(threads, say(counted.requests(seen.requests)), seen.inFlight * seen.workers, seen.seed));
  if (seen.together && seen.together.processes.length > 0) out.paragraph(serversText(seen.together, out));
  if (seen.think > 0) out.paragraph(commandWords.note(say(commandWords.thinks(seen.think))));
  if (seen.history.order === "replies") out.paragraph(commandWords.note(say(commandWords.orderOfReplies)));
  for (const notice of seen.notices) out.paragraph(commandWords.note(notice));
  out.line();
  const row = (name: string, value: number, says: string) =>
    out.line(`  ${left(name, 12)}${grouped(value).padStart(9)}   ${says}`);
  row(say(commandWords.succeeded), seen.succeeded, say(commandWords.rejectedFailed(seen.rejected, seen.failed, seen.unknown)));
  const expected =
    seen.observation === "not-judged"
      ? commandWords.expectedWithout(tally.expected, seen.unknown)
      : commandWords.expectedOff(tally.expected, offText(tally, tally, out.language));
  row(tally.name, tally.actual, say(expected));
  row(say(commandWords.operations), seen.operations, say(commandWords.aSecond(seen.opsPerSecond)));
  row(say(commandWords.conflicts), seen.conflicts, say(commandWords.retriesWaits(seen.retries, seen.lockWaits)));
  out.line(
    `  ${left(say(commandWords.time), 12)}${right(timeText(seen.ms * 1000), 9)}   ${say(commandWords.aRequest(timeText(seen.p50Us), timeText(seen.p99Us)))}`,
  );
  out.line();
  if (seen.turnedAway > 0) out.paragraph(commandWords.turnedAway(seen.turnedAway));
  printReasons(seen.failures, commandWords.failed, out);
  printReasons(seen.unanswered, commandWords.unknown, out);
  if (seen.tookEffect !== null) out.paragraph(commandWords.tookEffect(seen.tookEffect, seen.unknown));
  else if (seen.observation === "violated" && seen.unknown > 0) out.paragraph(commandWords.whateverTheyDid(seen.unknown));
  printViolations(seen, out);
  printConclusion(seen, out);
}

/** Why requests have no answer: `named` is the word before each reason. */
function printReasons(reasons: readonly string[], named: (what: string) => Text, out: Out): void {
  const { say } = out;
  const each = alike(reasons.map((reason) => say(reportWords.ofRequest(reason))));
  for (const [first, others] of each.slice(0, SHOWN))
    out.paragraph(named(others > 0 ? say(commandWords.andOthers(first, others)) : first));
  const rest = each.slice(SHOWN).reduce((sum, [, others]) => sum + 1 + others, 0);
  if (rest > 0) out.line(named(say(commandWords.moreOfThem(rest))));
}

/** For each reason: the first request that failed for it, and how many others did. */
function alike(failures: readonly string[]): readonly (readonly [first: string, others: number])[] {
  const reasons = new Map<string, readonly [string, number]>();
  for (const failure of failures) {
    const reason = failure.replace(/^(request|요청) \d+: /, "");
    const [first, others] = reasons.get(reason) ?? [failure, -1];
    reasons.set(reason, [first, others + 1]);
  }
  return [...reasons.values()];
}

const labelsOf = ({ lesson, strategy, store }: RunRequest): Readonly<Record<string, string>> => ({
  lesson: findLesson(lesson).id,
  strategy,
  store: withoutCredentials(store),
});

/** `:9464` or `host:9464`. */
function address(text: string): ListenAddress {
  const [, host, port] = /^(.*):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) throw new InvalidArgumentError("It must be :port or host:port, as in :9464.");
  return { host: host.replace(/^\[|\]$/g, "") || "127.0.0.1", port: Number(port) };
}

/** Which processes took part, and by how much their clocks may be apart. */
function serversText({ meeting, processes }: NonNullable<Observation["together"]>, { say }: Out): Text {
  const who = processes.map(({ server, host, process, threads, clockUs }) =>
    say({
      en: `${server}: process ${process} on ${host}, ${say(counted.threads(threads))}, clock within ${timeText(clockUs)}`,
      ko: `${server}: ${host}의 프로세스 ${process}, ${say(counted.threads(threads))}, 시계 오차 ${timeText(clockUs)} 이내`,
    }),
  );
  return {
    en: `servers, which met at ${meeting}: ${who.join("; ")}`,
    ko: `서버들이 만난 곳 ${meeting}: ${who.join("; ")}`,
  };
}

function printViolations({ violations }: Observation, out: Out): void {
  const named = violations.filter(({ anomaly }) => anomaly);
  for (const { anomaly, explanation } of named.slice(0, SHOWN)) {
    out.line(`${anomalyName(anomaly!, out.language)}:`);
    out.paragraph(explanation, 2);
  }
  if (named.length > SHOWN) out.line(commandWords.more(named.length - SHOWN));
  if (named.length > 0) out.line();
  for (const { property, explanation } of violations.filter(({ anomaly }) => !anomaly))
    out.paragraph(`FAIL ${property}: ${explanation}`);
}

function printConclusion(seen: Observation, out: Out): void {
  const { observation, lesson, strategy, interrupted, requests, succeeded, rejected, failed, unknown } = seen;
  if (interrupted) {
    const done = succeeded + rejected + failed + unknown;
    out.paragraph(commandWords.interrupted(done, requests, observation === "violated"));
  } else if (observation === "not-judged") out.paragraph(commandWords.notJudged(unknown));
  else if (observation !== "violated" && failed > 0) out.paragraph(commandWords.nothingElse);
  else if (observation !== "violated") out.paragraph(commandWords.nothingObserved);
  out.paragraph(commandWords.next(`racelab explore ${lesson} --strategy ${strategy}${lessonsOption(lesson)}`));
}

export const register: Register = (program, action) => {
  program
    .command("run")
    .description("real worker threads against a real store")
    .argument("<lesson>", "its id or number")
    .option("--strategy <id>", `how the work is protected: ${strategyIds().join(", ")}`, "none")
    .option("--store <url>", `one of ${engines.map(({ example }) => example).join(", ")}`, "memory:")
    .option("--workers <n>", "worker threads", integer(1, 64), 4)
    .option("--servers <n>", "servers that the workers are divided over (default: the lesson's, else 1)", integer(1, 64))
    .option("--coordinate <url>", "where servers meet that are processes (default: the store's own server)")
    .option("--join <n>", "how many of the servers come from elsewhere: racelab join", integer(1, 64))
    .option("--metrics <[host]:port>", "serve what happens to Prometheus, at /metrics, until the run ends", address)
    .option("--size <name=n,...>", "how many of everything else, as in keys=8 (default: the lesson's)", sizeBesidesTasks)
    .option("--requests <n>", "requests in all (default: the lesson's)", integer(1, 1_000_000))
    .option("--in-flight <n>", "requests that each worker keeps going at once", integer(1, 10_000))
    .option("--think <ms>", "milliseconds after each read (default: the lesson's)", integer(0, 60_000))
    .option("--seed <n>", "of the thinking times", integer(0, 2 ** 31 - 1), 1)
    .option("--deadline <ms>", "after which a request counts as hung", integer(10, 3_600_000), 10_000)
    .option("--history <file>", "write what happened to a file of JSON lines, which the checkers of the library read")
    .option("--force", "write over a history that is there")
    .addHelpText(
      "after",
      "\nExamples:\n  racelab run lost-update --strategy none --workers 4 --think 1\n  racelab run lost-update --strategy cas --store lowdb:shop.json --json\n",
    )
    .action((lesson: string, options: Omit<RunOptions, "lesson" | "language">) =>
      action((out, signal) => run({ ...options, lesson, language: out.language }, out, signal)),
    );
};
