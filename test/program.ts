import { fork, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { carryOut } from "../src/commands/command-line.js";
import { languageFromEnvironment } from "../src/course/language.js";

/** The built program, as a user starts it. */
export const main = fileURLToPath(new URL("../dist/src/main.js", import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * The answer of `racelab` with these arguments and no terminal, without a process of its own, which is most of what a
 * command costs. For tests of what is answered: signals, streams and
 * the working directory need `racelab`, and so do folders of lessons. `env` reaches what commands ask of it themselves.
 */
export async function answered(
  args: readonly string[],
  { env = {} }: { env?: Readonly<Record<string, string>> } = {},
): Promise<Ended> {
  let [stdout, stderr, language] = ["", "", languageFromEnvironment()];
  const code = await carryOut(args, {
    env: { ...process.env, ...env },
    language: () => language,
    setLanguage: (asked) => {
      language = asked;
    },
    write: (text) => {
      stdout += text;
    },
    complain: (text) => {
      stderr += text;
    },
    signal: new AbortController().signal,
    run: (command) => command(new AbortController().signal),
  });
  return { code, stdout, stderr };
}

interface Resident {
  racelab(args: readonly string[]): Promise<Ended>;
  /** Ends the process. Resolves when it has ended. */
  leave(): Promise<void>;
}

/**
 * One process of the built program, with this environment, that answers many command lines: what `answered` cannot have,
 * without a start for each. It keeps what it has loaded: a lesson does not change meanwhile, and goes on counting. Words with
 * `--lessons` are asked one after the other, because the folders are the process's.
 */
export function resident({ env, cwd }: { env: Record<string, string>; cwd?: string }): Resident {
  const waiting = new Map<number, { resolve: (ended: Ended) => void; reject: (error: Error) => void }>();
  const child = fork(fileURLToPath(new URL("./resident.mjs", import.meta.url)), {
    env: { ...process.env, ...env },
    cwd,
    execArgv: [],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child.on("message", ({ id, ended }: { id: number; ended: Ended }) => {
    waiting.get(id)?.resolve(ended);
    waiting.delete(id);
  });
  child.on("exit", (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the process that stays has ended with code ${code}`));
  });
  const ended = new Promise<void>((resolve) => child.on("exit", () => resolve()));
  let asked = 0;
  return {
    racelab: (words) =>
      new Promise((resolve, reject) => {
        waiting.set(++asked, { resolve, reject });
        // An error: the process has ended.
        child.send({ id: asked, words }, (error) => error && reject(error));
      }),
    leave() {
      if (child.connected) child.disconnect();
      return ended;
    },
  };
}

/** Runs `racelab` with these arguments and no terminal. After `mostMs` it is killed: then the code is null. */
export function racelab(
  args: readonly string[],
  { env = {}, cwd, mostMs }: { env?: Record<string, string>; cwd?: string; mostMs?: number } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [main, ...args], {
      env: { ...process.env, ...env },
      cwd,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: mostMs,
      killSignal: "SIGKILL",
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
