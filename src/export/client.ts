/** A schedule on screen as a file: `racelab export` itself, in a process of its own, so that no key press waits for it. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Language, pairsText } from "../core/lesson.js";
import { builtModule } from "../course/folders.js";
import type { ExportFormat, ExportRequest } from "../report/views.js";

/** Characters of a schedule in the name of a file. */
const LONGEST = 24;

/** Writes into the current folder, never over a file that is there; answers what the command says. */
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
  const asked = [
    "export",
    lesson,
    schedule,
    "--to",
    nameFor(request, format),
    "--lang",
    language,
    ...own,
    ...option("size", size),
  ];
  const child = spawn(process.execPath, [fileURLToPath(builtModule("main.js")), ...asked, ...option("faults", faults)], {
    stdio: ["ignore", "pipe", "pipe"],
    signal,
    killSignal: "SIGKILL",
  });
  return new Promise((resolve, reject) => {
    let [said, wrong] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      wrong += text;
    });
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(said.trim());
      else reject(new Error(wrong.trim().replace(/^racelab: /, "") || `nothing was written (exit code ${code})`));
    });
  });
}

function nameFor({ setting: { lesson, strategy }, schedule, file }: ExportRequest, format: ExportFormat): string {
  const stem = [lesson, file === null ? strategy : "own", schedule.replaceAll(/[^\w]/g, "").slice(0, LONGEST)].join("-");
  let name = `${stem}.${format}`;
  for (let n = 2; existsSync(name); n++) name = `${stem}-${n}.${format}`;
  return name;
}
