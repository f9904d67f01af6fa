import { basename, extname } from "node:path";
import { Option } from "commander";
import { pairsText } from "../core/lesson.js";
import { findLesson, loadLesson } from "../course/catalog.js";
import { type OwnStrategy, ownStrategy } from "../exercise/own-strategy.js";
import { type ExploreRequest, exploreLoaded, traceExplored, traceLesson, traceSteps } from "../explore/explore.js";
import { exported, type PrintedTrace, sameOrder } from "../export/export.js";
import { type PageTheme, pageThemes } from "../export/page/data.js";
import { type ExportFormat, exportFormats } from "../report/views.js";
import { packageVersion } from "../version.js";
import { traceJson } from "./json.js";
import { refuseFile, writeNewFile } from "./new-file.js";
import { exit, grouped, Misuse, type Out } from "./out.js";
import { withScenario } from "./scenario.js";
import { traceText } from "./steps-text.js";
import type { Register } from "./verb.js";

interface ExportOptions extends ExploreRequest {
  readonly to: string;
  /** A file with the learner's own protection, instead of `strategy`. */
  readonly file?: string;
  /** Another strategy, or `strategy:schedule`. */
  readonly against?: string;
  readonly theme?: PageTheme;
  readonly force?: boolean;
}

/** `racelab export`: one schedule as a file to show or keep. */
async function exportTrace(request: ExportOptions, schedule: string, out: Out, signal: AbortSignal): Promise<number> {
  const { to, against, theme, file, force = false, ...scenario } = request;
  const { language } = out;
  const format = formatOf(to);
  refuseFile(to, force);
  const own = file === undefined ? undefined : await ownStrategy(file, findLesson(request.lesson).id, language, signal);
  const print = async (request: ExploreRequest, schedule: string, own?: OwnStrategy): Promise<PrintedTrace> => {
    const traced = own ? await traceOwn(own, request, schedule, signal) : await traceLesson(request, schedule, { signal });
    const steps = traceSteps(traced);
    return { traced, json: traceJson(traced, steps), text: traceText(traced, steps, language), own };
  };
  const first = await print(scenario, schedule, own);
  const traces = [first];
  if (against !== undefined) {
    const [strategy = "", otherSchedule] = against.split(/:(.*)/s);
    const other = { ...scenario, strategy };
    traces.push(await print(other, otherSchedule || (await sameOrder(other, first.traced.schedule))));
  }
  if (signal.aborted) return exit.interrupted;
  const command = commandOf(request, traces);
  const text = await exported(format, traces, { version: packageVersion(), command, theme, language });
  writeNewFile(to, text, force);
  const bytes = Buffer.byteLength(text);
  if (out.json) {
    const { lesson, strategy, size, schedule } = first.traced;
    out.object({ command: "export", lesson, strategy, size, schedule, file: to, format, bytes });
  } else out.line(`wrote ${to}, ${grouped(bytes)} bytes`);
  return exit.right;
}

async function traceOwn({ id, strategy }: OwnStrategy, request: ExploreRequest, schedule: string, signal: AbortSignal) {
  const entry = findLesson(request.lesson);
  const lesson = await loadLesson(entry, request.language);
  const names = { lesson: entry.id, strategy: id };
  return traceExplored(await exploreLoaded({ lesson, strategy, names }, request, { signal }), schedule);
}

/** The command that makes this file again, in any folder. */
function commandOf({ to, against, faults, file }: ExportOptions, [first, second]: readonly PrintedTrace[]): string {
  const { lesson, strategy, size, schedule } = first!.traced;
  return [
    `racelab export ${lesson} ${schedule} --to ${basename(to)} ${file === undefined ? `--strategy ${strategy}` : `--file ${strategy}`} --size ${pairsText(size)}`,
    ...(faults ? [`--faults ${pairsText(faults)}`] : []),
    ...(against === undefined ? [] : [`--against ${second!.traced.strategy}:${second!.traced.schedule}`]),
  ].join(" ");
}

function formatOf(to: string): ExportFormat {
  const ending = extname(to).slice(1).toLowerCase();
  const format = exportFormats.find((format) => format === ending);
  if (format) return format;
  throw new Misuse(`"${to}" does not say what to write: end it in ${exportFormats.map((format) => `.${format}`).join(", ")}`);
}

export const register: Register = (program, action) => {
  withScenario(
    program
      .command("export")
      .description("one schedule as a file: a page to present, a picture, a recording")
      .argument("<lesson>", "its id or number")
      .argument("<schedule>", "the tasks' digits in order, as trace takes them")
      .requiredOption("--to <file>", `where; its ending says what: ${exportFormats.map((format) => `.${format}`).join(" ")}`),
  )
    .option("--file <file>", "a protection of your own instead, as verify takes it")
    .option("--against <id>", "the same order under another strategy, side by side; or id:schedule")
    .addOption(new Option("--theme <name>", "of a page or a picture").choices(pageThemes))
    .option("--force", "write over a file that is there")
    .addHelpText(
      "after",
      "\nExamples:\n  racelab export lost-update 122331 --to lost-update.html\n  racelab export lost-update 122331 --to page.html --against cas\n",
    )
    .action((lesson: string, schedule: string, options: Omit<ExportOptions, "lesson" | "language">) =>
      action((out, signal) => exportTrace({ ...options, lesson, language: out.language }, schedule, out, signal)),
    );
};
