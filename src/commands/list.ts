import { printLessons } from "./lesson-list.js";
import { exit } from "./out.js";
import type { Register } from "./verb.js";

/** `racelab list` */
export const register: Register = (program, action) => {
  program
    .command("list")
    .description("the lessons, in order, and what is next")
    .addHelpText("after", "\nExamples:\n  racelab list\n  racelab list --json\n")
    .action(() =>
      action(async (out) => {
        await printLessons(out);
        return exit.right;
      }),
    );
};
