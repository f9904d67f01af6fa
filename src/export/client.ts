/**
 * A schedule on screen as a file: `racelab export` itself, in a process of its own. So the formats and sentences are the
 * same, no key press waits for the search, and a learner's code (`export --file`) is never in the process of the screen.
 */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Language } from "../core/language.js";
import { pairsText } from "../core/lesson.js";
import { builtModule } from "../course/folders.js";
import type { ExportFormat, ExportRequest } from "../report/views.js";

/** Characters of a schedule in the name of a file. */
const LONGEST = 24;

/** Writes into the current folder, never over a file that is there. Answers what the command says; `signal` kills its process. */
export function exportHere(
  request: ExportRequest,
  format: ExportFormat,
  language: Language,
  signal: AbortSignal,
): Promise<string> {
  const { setting, schedule, file } = request;
  const { lesson, strategy, size = {}, faults = {} } = setting;
  const option = (name: string, values: Readonly<Record<string, number>>): string[] => {
    const pairs = pairsText(values);
    return pairs === "" ? [] : [`--${name}`, pairs];
  };
  const own = file === null ? ["--strategy", strategy] : ["--file", file];
  const to = ["--to", nameFor(request, format), "--lang", language];
  const asked = ["export", lesson, schedule, ...to, ...own, ...option("size", size)];
  const child = spawn(process.execPath, [fileURLToPath(builtModule("main.js")), ...asked, ...option("faults", faults)], {
    stdio: ["ignore", "pipe", "pipe"],
    signal,
    killSignal: "SIGKILL",
  });
  return new Promise((resolve, reject) => {
    let [output, errors] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(output.trim());
      else reject(new Error(errors.trim().replace(/^racelab: /, "") || `nothing was written (exit code ${code})`));
    });
  });
}

function nameFor({ setting: { lesson, strategy }, schedule, file }: ExportRequest, format: ExportFormat): string {
  const stem = [lesson, file === null ? strategy : "own", schedule.replaceAll(/[^\w]/g, "").slice(0, LONGEST)].join("-");
  let name = `${stem}.${format}`;
  for (let n = 2; existsSync(name); n++) name = `${stem}-${n}.${format}`;
  return name;
}
