import type { Command } from "commander";
import { lessonSummaries } from "../services.js";
import { exit, type Out, paragraph } from "./out.js";

/** `racelab list`: the lessons in order. */
export async function list(out: Out): Promise<number> {
  const lessons = await lessonSummaries();
  if (out.json) {
    out.object({ command: "list", lessons });
    return exit.right;
  }
  out.line(`racelab lessons: ${lessons.length}`);
  out.line();
  for (const { number, id, title, summary } of lessons) {
    out.line(`${String(number).padStart(3)}  ${id.padEnd(22)} ${title}`);
    out.line(paragraph(summary, 5));
  }
  out.line();
  out.line(`open one: racelab learn ${lessons[0]?.id ?? ""}`);
  return exit.right;
}

export const register = (program: Command, action: (run: (out: Out) => Promise<number>) => Promise<void>): void => {
  program
    .command("list")
    .description("the lessons, in order")
    .addHelpText("after", "\nExamples:\n  racelab list\n  racelab list --json\n")
    .action(() => action(list));
};
