/** For a look at the frames: `tsx test/tui/look.ts lost-update 100x30 en 3 right right`. */
import { lessonContent, lessonSummaries } from "../../src/services/lessons.js";
import { inProcess, remembering, tellingTime } from "./in-process.js";
import { play } from "./play.js";

const [lesson, size = "100x30", language = "en", ...keys] = process.argv.slice(2);
const [columns, rows] = size.split("x").map(Number);
const lang = language as "en" | "ko";
const all = await lessonSummaries(lang);
const screen = await play(
  { columns: columns!, rows: rows! },
  {
    ...inProcess(tellingTime()),
    language: lang,
    lessons: () => all,
    lesson: (id) => lessonContent(id, lang),
    remember: remembering(),
  },
);
screen.begin(all.find(({ id, number }) => id === lesson || String(number) === lesson) ?? null);
await screen.settled();
for (const key of keys) {
  if (key === "--") {
    console.log(screen.text());
    continue;
  }
  await screen.press(...(key.startsWith("=") ? key.slice(1) : [key]));
}
console.log(screen.text());
process.exit(0);
