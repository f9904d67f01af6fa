import { type Command, Option } from "commander";
import { list } from "./list.js";
import { exit, type Out } from "./out.js";

export interface LearnOptions {
  readonly accessible?: boolean;
}

/** `racelab` and `racelab learn`: the screens. Without a terminal there is nothing to draw on: the list and the headless commands instead. */
export async function learn(_lesson: string | undefined, _options: LearnOptions, out: Out): Promise<number> {
  await list(out);
  out.line("no terminal here: racelab run, racelab list and racelab doctor need none");
  return exit.misuse;
}

export const register = (program: Command, action: (run: (out: Out) => Promise<number>) => Promise<void>): void => {
  program
    .command("learn", { isDefault: true })
    .description("the course, on the screen")
    .argument("[lesson]", "its id or number")
    .addOption(new Option("--accessible", "lines to be read aloud, no redrawing").env("ACCESSIBLE"))
    .addHelpText("after", "\nExamples:\n  racelab\n  racelab learn lost-update\n")
    .action((lesson: string | undefined, options: LearnOptions) => action((out) => learn(lesson, options, out)));
};
