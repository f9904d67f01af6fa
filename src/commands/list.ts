import type { Command } from "commander";
import { lessonEntries, loadLesson } from "../catalog.js";
import { exit, type Out } from "./out.js";

/** `racelab list`: the lessons in order. */
export async function list(out: Out): Promise<number> {
  const lessons = await Promise.all(lessonEntries().map(async (entry) => ({ entry, lesson: await loadLesson(entry) })));
  if (out.json) {
    out.object({
      command: "list",
      lessons: lessons.map(({ entry, lesson }) => ({
        number: entry.number,
        id: entry.id,
        title: lesson.title,
        summary: lesson.summary,
      })),
    });
    return exit.right;
  }
  out.line(`racelab lessons: ${lessons.length}`);
  out.line();
  for (const { entry, lesson } of lessons) {
    out.line(`${String(entry.number).padStart(3)}  ${entry.id.padEnd(22)} ${lesson.title}`);
    out.line(`     ${lesson.summary}`);
  }
  out.line();
  out.line(`open one: racelab learn ${lessons[0]?.entry.id ?? ""}`);
  return exit.right;
}

export const register = (program: Command, action: (run: (out: Out) => Promise<number>) => Promise<void>): void => {
  program
    .command("list")
    .description("the lessons, in order")
    .addHelpText("after", "\nExamples:\n  racelab list\n  racelab list --json\n")
    .action(() => action(list));
};
