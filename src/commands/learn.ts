import { createInterface } from "node:readline";
import { type Command, Option } from "commander";
import { findLesson } from "../catalog.js";
import { lessonSummaries, screenServices } from "../services.js";
import { list } from "./list.js";
import { integer } from "./options.js";
import { exit, type Out } from "./out.js";

interface LearnOptions {
  readonly store: string;
  readonly workers: number;
  readonly accessible?: boolean;
  readonly color?: "always" | "never" | "auto";
  readonly ascii?: boolean;
  readonly theme?: string;
  readonly altScreen: boolean;
}

const SEED = 1;
const DEADLINE_MS = 10_000;

/**
 * `racelab` and `racelab learn`: the screens. Without a terminal there is nothing to draw on: the list and
 * the commands that need none instead.
 */
export async function learn(lesson: string | undefined, options: LearnOptions, out: Out): Promise<number> {
  const opened = lesson === undefined ? undefined : findLesson(lesson).id;
  const services = screenServices({ seed: SEED, deadline: DEADLINE_MS }, await lessonSummaries());
  const common = { store: options.store, workers: options.workers, lesson: opened, command: command() };
  const accessible = options.accessible || isSet(process.env["ACCESSIBLE"]) || isSet(process.env["INK_SCREEN_READER"]);
  if (accessible) {
    const { openAccessible } = await import("../tui/accessible.js");
    const typed = createInterface({ input: process.stdin });
    const interrupted = (listener: () => void) => void process.on("SIGINT", listener);
    return openAccessible(services, { ...common, interrupted }, { typed, say: (line) => out.line(line) }).finally(() =>
      typed.close(),
    );
  }
  if (!process.stdin.isTTY || !process.stdout.isTTY || process.env["TERM"] === "dumb") {
    await list(out);
    if (!out.json) out.line("no terminal to draw on: racelab run, list and doctor need none");
    return exit.misuse;
  }
  // The bundle: Ink and React are loaded here and nowhere else.
  const { openScreen } = await import("../tui/screen.js");
  return openScreen(services, {
    ...common,
    ...options,
    alternateScreen: options.altScreen && process.env["RACELAB_ALT_SCREEN"] !== "never",
  });
}

const isSet = (value: string | undefined): boolean => value !== undefined && !["", "0", "false"].includes(value);

/** What the learner typed to get here, and can type again. */
const command = (): string => (process.env["npm_lifecycle_event"] === "start" ? "npm start" : "racelab");

export const register = (program: Command, action: (run: (out: Out) => Promise<number>) => Promise<void>): void => {
  program
    .command("learn", { isDefault: true })
    .description("the course, on the screen")
    .argument("[lesson]", "its id or number")
    .option("--store <url>", "what the threads run against", "memory:")
    .option("--workers <n>", "worker threads", integer(1, 64), 4)
    .option("--accessible", "lines to be read aloud, no redrawing; also ACCESSIBLE=1")
    .addOption(new Option("--color <when>", "colours").choices(["auto", "always", "never"]))
    .option("--ascii", "no characters beyond ASCII")
    .option("--theme <name>", "dark, light, 16, plain; also RACELAB_THEME")
    .option("--no-alt-screen", "draw on the normal screen")
    .addHelpText("after", "\nExamples:\n  racelab\n  racelab learn lost-update\n")
    .action((lesson: string | undefined, options: LearnOptions) => action((out) => learn(lesson, options, out)));
};
