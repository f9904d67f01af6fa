/** The screens for a look (from source) and for terminal.test.ts (built): `npx tsx test/tui/dev.tsx [lesson] [--ascii] [--theme dark]`. */
import { openScreen } from "../../src/tui/screen.js";
import type { LessonContent } from "../../src/tui/services.js";
import { inProcess } from "./in-process.js";

const has = (name: string) => process.argv.includes(name);
const argument = (name: string) => (has(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);
const services = inProcess();

/** A lesson whose view throws. */
const broken = (content: LessonContent): LessonContent =>
  Object.defineProperty({ ...content }, "story", {
    get: () => {
      throw new Error("this story cannot be told");
    },
  });

if (has("--break-later")) setTimeout(() => void Promise.reject(new Error("nobody waited for this")), 700);

process.exitCode = await openScreen(
  has("--break-view") ? { ...services, lesson: async (id) => broken(await services.lesson(id)) } : services,
  {
    store: "memory:",
    workers: 4,
    command: "npm start",
    lesson: process.argv[2]?.startsWith("-") ? undefined : process.argv[2],
    color: argument("--color") as "never" | undefined,
    theme: argument("--theme"),
    ...(has("--ascii") && { ascii: true }),
  },
);
