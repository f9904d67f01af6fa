/** To look at the screens: `npx tsx test/tui/dev.tsx [lesson] [--ascii] [--theme dark]`. */
import { openScreen } from "../../src/tui/screen.js";
import { inProcess } from "./in-process.js";

const argument = (name: string) => process.argv[process.argv.indexOf(name) + 1];
process.exitCode = await openScreen(inProcess(), {
  store: "memory:",
  workers: 4,
  command: "npm start",
  lesson: process.argv[2]?.startsWith("-") ? undefined : process.argv[2],
  ...(process.argv.includes("--ascii") && { ascii: true }),
  ...(process.argv.includes("--theme") && { theme: argument("--theme") }),
});
