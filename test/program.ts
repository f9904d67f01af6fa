import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The built program, as a user starts it. */
export const main = fileURLToPath(new URL("../dist/src/main.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `racelab` with these arguments and no terminal. */
export function racelab(
  args: readonly string[],
  { env = {}, cwd }: { env?: Record<string, string>; cwd?: string } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], {
      env: { ...process.env, ...env },
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (chunk) => {
      stdout += chunk;
    });
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.on("close", (code) => resolve({ code, stdout, stderr }));
  });
}

/** What a program wrote to standard error, without the progress that it shows when the machine is busy and an answer takes seconds. */
export const complaints = (stderr: string): string => stderr.replace(/^.* of all schedules, .* states.*\n/gm, "");
