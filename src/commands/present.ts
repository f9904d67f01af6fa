import { findLesson } from "../course/catalog.js";
import { integer } from "./options.js";
import { exit, type Out } from "./out.js";
import { presentationText, type ScreensOptions, showScreens } from "./screens.js";
import type { Register } from "./verb.js";

interface PresentOptions extends ScreensOptions {
  readonly notes?: boolean;
}

/** `racelab present LESSON`: a lesson for a room, and in a second terminal what its speaker reads. Without a terminal: its text. */
async function present(lesson: string, options: PresentOptions, out: Out, signal: AbortSignal): Promise<number> {
  const { id } = findLesson(lesson);
  const { notes = false } = options;
  const code = await showScreens({ ...options, lesson: id, screen: "present", given: { notes } }, out);
  if (code !== null) return code;
  const text = await presentationText(id, out, signal);
  if (out.json) out.object({ command: "present", lesson: id, text });
  else for (const line of text.trimEnd().split("\n")) out.line(line);
  return exit.right;
}

export const register: Register = (program, action) => {
  program
    .command("present")
    .description("a lesson for a room, one thought after the other")
    .argument("<lesson>", "its id or number")
    .option("--notes", "in a second terminal: what the speaker reads; the two follow each other")
    .option("--store <url>", "what the threads run against", "memory:")
    .option("--workers <n>", "worker threads", integer(1, 64), 4)
    .option("--accessible", "lines to be read aloud, no redrawing; also ACCESSIBLE=1")
    .option("--mouse", "the wheel steps, a click opens a stage; the key m turns it on and off")
    .option("--ascii", "no characters beyond ASCII")
    .option("--theme <name>", "dark, light, 16, plain; also RACELAB_THEME")
    .addHelpText(
      "after",
      "\nKeys, also of a clicker: Right, PageDown and Enter go on, Left and PageUp back, b or . blanks, 1-8 open a stage, live.\n" +
        "\nExamples:\n  racelab present lost-update\n  racelab present lost-update --notes\n",
    )
    .action((lesson: string, options: PresentOptions) => action((out, signal) => present(lesson, options, out, signal)));
};
