import { linkSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { type Command, Option } from "commander";
import { pairsText } from "../core/lesson.js";
import { findLesson, loadLesson } from "../course/catalog.js";
import { type OwnStrategy, ownStrategy } from "../exercise/own-strategy.js";
import { type ExploreRequest, exploreLoaded, traceExplored, traceLesson, traceSteps } from "../explore/explore.js";
import { exported, type Format, formats, type PageTheme, pageThemes, sameOrder, type ToldTrace } from "../export/export.js";
import { packageVersion } from "../version.js";
import { withScenario } from "./explore.js";
import { exit, grouped, Misuse, type Out } from "./out.js";
import { traceJson, traceText, verdictOf } from "./trace.js";
import { language } from "./words.js";

interface ExportRequest extends ExploreRequest {
  readonly to: string;
  /** A protection of one's own instead of `strategy`. */
  readonly file?: string;
  /** Another strategy, or `strategy:schedule`. */
  readonly against?: string;
  readonly theme?: PageTheme;
  readonly force?: boolean;
}

/** `racelab export`: one schedule as a file to show or keep. */
export async function exportTrace(request: ExportRequest, schedule: string, out: Out, signal: AbortSignal): Promise<number> {
  const { to, against, theme, file, force = false, ...scenario } = request;
  const format = formatOf(to);
  refuse(to, force);
  const own = file === undefined ? undefined : await ownStrategy(file, findLesson(request.lesson).id, request.language, signal);
  const told = [await tell(scenario, schedule, signal, own)];
  if (against !== undefined) {
    const [strategy = "", own] = against.split(/:(.*)/s);
    const other = { ...scenario, strategy };
    told.push(await tell(other, own || (await sameOrder(other, told[0]!.traced.schedule)), signal));
  }
  if (signal.aborted) return exit.interrupted;
  const text = await exported(format, told, {
    version: packageVersion(),
    command: commandOf(request, told),
    language: request.language,
    theme,
  });
  write(to, text, force);
  const bytes = Buffer.byteLength(text);
  if (out.json) {
    const { lesson, strategy, size, schedule } = told[0]!.traced;
    out.object({ command: "export", lesson, strategy, size, schedule, file: to, format, bytes });
  } else out.line(`wrote ${to}, ${grouped(bytes)} bytes`);
  return exit.right;
}

async function tell(request: ExploreRequest, schedule: string, signal: AbortSignal, own?: OwnStrategy): Promise<ToldTrace> {
  const traced = own ? await traceOwn(own, request, schedule, signal) : await traceLesson(request, schedule, { signal });
  const steps = traceSteps(traced);
  return { traced, json: traceJson(traced, steps, verdictOf(traced, steps)), text: traceText(traced, steps), own };
}

async function traceOwn({ id, strategy }: OwnStrategy, request: ExploreRequest, schedule: string, signal: AbortSignal) {
  const entry = findLesson(request.lesson);
  const lesson = await loadLesson(entry, request.language);
  const names = { lesson: entry.id, strategy: id };
  return traceExplored(await exploreLoaded({ lesson, strategy, names }, request, { signal }), schedule);
}

/** What makes this file again, whatever it was asked to be called and wherever it lay. */
function commandOf({ to, against, faults, file }: ExportRequest, [first, second]: readonly ToldTrace[]): string {
  const { lesson, strategy, size, schedule } = first!.traced;
  return [
    `racelab export ${lesson} ${schedule} --to ${basename(to)} ${file === undefined ? `--strategy ${strategy}` : `--file ${strategy}`} --size ${pairsText(size)}`,
    ...(faults ? [`--faults ${pairsText(faults)}`] : []),
    ...(against === undefined ? [] : [`--against ${second!.traced.strategy}:${second!.traced.schedule}`]),
  ].join(" ");
}

function formatOf(to: string): Format {
  const ending = extname(to).slice(1).toLowerCase();
  const format = formats.find((format) => format === ending);
  if (format) return format;
  throw new Misuse(`"${to}" does not say what to write: end it in ${formats.map((format) => `.${format}`).join(", ")}`);
}

/** Said before minutes are spent on exploring. */
function refuse(to: string, force: boolean): void {
  const there = statSync(to, { throwIfNoEntry: false });
  if (there?.isDirectory()) throw new Misuse(`${to} is a folder: name a file`);
  if (there && !force) throw new Misuse(`${to} is there already: add --force to write over it`);
}

/** Whole or not at all: nobody ever reads half a file, and nothing that appeared in the meantime is lost. */
function write(to: string, text: string, force: boolean): void {
  const draft = join(dirname(to), `.${basename(to)}.${process.pid}.tmp`);
  try {
    writeFileSync(draft, text, { flag: "wx" });
    if (force) renameSync(draft, to);
    else linkSync(draft, to);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") throw new Misuse(`${to} is there already: add --force to write over it`);
    throw new Misuse(
      code === "ENOSPC"
        ? `${to} cannot be written: the disk is full. Make room, or name another file`
        : `${to} cannot be written (${code ?? message}): name a file in a folder that is there and yours`,
    );
  } finally {
    rmSync(draft, { force: true });
  }
}

export const register = (
  program: Command,
  action: (run: (out: Out, signal: AbortSignal) => Promise<number>) => Promise<void>,
): void => {
  withScenario(
    program
      .command("export")
      .description("one schedule as a file: a page to present, a picture, a recording")
      .argument("<lesson>", "its id or number")
      .argument("<schedule>", "the tasks' digits in order, as trace takes them")
      .requiredOption("--to <file>", `where; its ending says what: ${formats.map((format) => `.${format}`).join(" ")}`),
  )
    .option("--file <file>", "a protection of your own instead, as verify takes it")
    .option("--against <id>", "the same order under another strategy, side by side; or id:schedule")
    .addOption(new Option("--theme <name>", "of a page or a picture").choices(Object.keys(pageThemes)))
    .option("--force", "write over a file that is there")
    .addHelpText(
      "after",
      "\nExamples:\n  racelab export lost-update 122331 --to lost-update.html\n  racelab export lost-update 122331 --to page.html --against cas\n",
    )
    .action((lesson: string, schedule: string, options: Omit<ExportRequest, "lesson" | "language">) =>
      action((out, signal) => exportTrace({ ...options, lesson, language: language() }, schedule, out, signal)),
    );
};
