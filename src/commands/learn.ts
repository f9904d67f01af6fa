import { Option } from "commander";
import { parseSchedule } from "../core/schedule.js";
import { findLesson } from "../course/catalog.js";
import { printLessons } from "./lesson-list.js";
import { faults, integer, sizes } from "./options.js";
import { exit, Misuse, type Out } from "./out.js";
import { type ScreensOptions, showScreens } from "./screens.js";
import type { Register } from "./verb.js";
import { commandWords } from "./words.js";

interface LearnOptions extends ScreensOptions {
  /** A schedule to open the interleaving screen with; the other three say under which setting. */
  readonly at?: string;
  readonly strategy?: string;
  readonly size?: Readonly<Record<string, number>>;
  readonly faults?: Readonly<Record<string, number>>;
}

/** `racelab` and `racelab learn`: the screens. Without a terminal: the list, and the commands that need no terminal. */
async function learn(lesson: string | undefined, options: LearnOptions, out: Out): Promise<number> {
  const opened = lesson === undefined ? undefined : findLesson(lesson).id;
  const { at, strategy = "none", size, faults } = options;
  if (at !== undefined && opened === undefined)
    throw new Misuse("--at is a schedule of a lesson: racelab learn lost-update --at 112332");
  if (at !== undefined) parseSchedule(at);
  const setting = { lesson: opened, strategy, ...(size && { size }), ...(faults && { faults }) };
  const opening = at === undefined ? {} : { screen: "interleaving", given: { setting, schedule: at, whole: true } };
  const code = await showScreens({ ...options, ...opening, lesson: opened }, out);
  if (code !== null) return code;
  await printLessons(out);
  if (!out.json)
    out.paragraph(process.stdin.isTTY && process.stdout.isTTY ? commandWords.readAloudInstead : commandWords.noScreen);
  return exit.misuse;
}

export const register: Register = (program, action) => {
  program
    .command("learn", { isDefault: true })
    .description("the course, on the screen")
    .argument("[lesson]", "its id or number")
    .option("--store <url>", "what the threads run against", "memory:")
    .option("--workers <n>", "worker threads", integer(1, 64), 4)
    .option("--at <schedule>", "with a lesson: open this schedule, step by step")
    .option("--strategy <id>", "of that schedule")
    .option("--size <name=n,...>", "of that schedule, as in tasks=4", sizes)
    .option("--faults <name=n,...>", "of that schedule", faults)
    .option("--accessible", "lines to be read aloud, no redrawing; also ACCESSIBLE=1")
    .addOption(new Option("--color <when>", "colours").choices(["auto", "always", "never"]))
    .option("--ascii", "no characters beyond ASCII")
    .option("--theme <name>", "dark, light, 16, plain; also RACELAB_THEME")
    .option("--mouse", "the wheel steps, a click opens a stage; the key m turns it on and off")
    .option("--no-alt-screen", "draw on the normal screen")
    .addHelpText("after", "\nExamples:\n  racelab\n  racelab learn lost-update --at 112332\n")
    .action((lesson: string | undefined, options: LearnOptions) => action((out) => learn(lesson, options, out)));
};
