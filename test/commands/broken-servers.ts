/**
 * Databases that are killed, frozen, cut off, full, or refuse, under each command that works on one: how the command ends, what
 * it says, and what is left after the next start.
 *
 *   npx tsx test/commands/broken-servers.ts [words of the names of cases]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageIn } from "../../src/core/messages.js";
import { type Ended, main, racelab } from "../program.js";
import { type EngineName, type OwnServer, ownServer, SECRET, whyNoOwn } from "../stores/own-servers.js";
import { startProxy } from "../stores/proxy.js";
import { inTerminal } from "../tui/pseudo-terminal.js";

const faults = ["killed", "frozen", "cut", "full", "full at start", "no connection", "wrong password", "read-only"] as const;
type FaultName = (typeof faults)[number];

/** A command that works on a store, on what each engine has. `piece`: that many pieces into it something happens to the server. */
interface Asked {
  readonly words: (store: string, of: { readonly lesson: string; readonly strategy: string }) => readonly string[];
  readonly piece: number;
}

type Between = Awaited<ReturnType<typeof startProxy>>;

/** What is run. That there is no room shows only where rows are added. */
const settingOf = ({ engine, fault }: Pick<Case, "engine" | "fault">) =>
  fault === "full"
    ? { lesson: "coupon-rush", strategy: "none" }
    : { lesson: "lost-update", strategy: engine === "Redis" ? "cas" : "row-lock" };
/** Long enough to be in the middle of for a while, and not so long that a command which goes on in spite of all is waited for. */
const load = ["--requests", "1500", "--think", "2", "--workers", "2"];

const commands = {
  run: {
    words: (store, { lesson, strategy }) => ["run", lesson, "--strategy", strategy, ...load, "--store", store],
    piece: 400,
  },
  "run --servers": {
    words: (store, { lesson, strategy }) => ["run", lesson, "--strategy", strategy, ...load, "--servers", "2", "--store", store],
    piece: 700,
  },
  compare: {
    words: (store, { lesson, strategy }) => [
      ...["compare", lesson, "--strategies", strategy, "--rounds", "4"],
      ...[...load, "--store", store],
    ],
    piece: 400,
  },
  "trace --store": {
    words: (store) => ["trace", "lost-update", "112332", "--strategy", "none", "--store", store],
    piece: 25,
  },
  "check --fidelity": { words: (store) => ["check", "lost-update", "--fidelity", store], piece: 300 },
} as const satisfies { readonly [name: string]: Asked };
type CommandName = keyof typeof commands;

export interface Case {
  readonly engine: EngineName;
  readonly fault: FaultName;
  /** `learn`: the schedule on the screen is played on the store; `learn R`: real threads. */
  readonly command: CommandName | "learn" | "learn R";
}

export const nameOf = ({ engine, fault, command }: Case): string => `${engine} ${fault}, ${command}`;

/** What plays schedules, which only PostgreSQL can be asked for. */
const playing: readonly string[] = ["learn", "trace --store", "check --fidelity"] satisfies Case["command"][];
/** A command that a disk which fills up in the middle of it need not concern: it adds no rows then. */
const isConcerned = ({ engine, fault, command }: Case): boolean =>
  !(engine !== "PostgreSQL" && playing.includes(command)) && !(fault === "full" && [...playing, "learn R"].includes(command));

export const cases: readonly Case[] = (["PostgreSQL", "MariaDB", "Redis"] as const)
  .flatMap((engine) =>
    faults.flatMap((fault) =>
      [...(Object.keys(commands) as CommandName[]), "learn" as const, "learn R" as const].map((command) => ({
        engine,
        fault,
        command,
      })),
    ),
  )
  .filter(isConcerned);

const isMidway = (fault: FaultName): boolean => ["killed", "frozen", "cut", "full"].includes(fault);

export interface Played extends Ended {
  /** Nothing of the password in what was said, nor a stack; null: as it should be. */
  readonly wrong: string | null;
  readonly ms: number;
}

/** The servers of a test, made when they are asked for: with a disk of their own where that is the matter. */
export function fleet() {
  const made = new Map<string, Promise<OwnServer>>();
  return {
    server(engine: EngineName, onDisk: boolean): Promise<OwnServer> {
      // Redis is filled by a limit of its memory.
      const name = engine === "Redis" ? engine : `${engine} ${onDisk}`;
      if (!made.has(name)) made.set(name, ownServer(engine, { onDisk }));
      return made.get(name)!;
    },
    async stop() {
      for (const one of made.values()) (await one.catch(() => null))?.stop();
    },
  };
}

const ofGroup = (group: number): readonly string[] =>
  readdirSync("/proc").flatMap((pid) => {
    try {
      const [, state, of] = /^\d+ \(.*\) (\w) \d+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8")) ?? [];
      return Number(of) === group && state !== "Z" ? [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")] : [];
    } catch {
      return [];
    }
  });

/** Two words of English after each other, outside of what the server said itself, which stands in parentheses. */
const isPartlyEnglish = (korean: string): boolean => /\b[a-z]+ [a-z]+\b/.test(korean.replace(/\(.*\)/g, ""));

/** How long a command may take on a server that is in trouble: a frozen one is given up after 12 seconds. */
const MOST_MS = 90_000;

async function ended(
  words: readonly string[],
  env: Record<string, string>,
): Promise<Ended & { readonly left: readonly string[] }> {
  const child = spawn(process.execPath, [main, ...words], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
    timeout: MOST_MS,
    killSignal: "SIGKILL",
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, stdout, stderr, left: ofGroup(child.pid!) };
}

/** What the screen says of it, and the code when the screens are left then. */
async function onScreen(store: string, strategy: string, key: "r" | "6", env: Record<string, string>): Promise<Ended> {
  const cwd = env["TMPDIR"]!;
  const at = key === "r" ? ["--strategy", "mutex", "--at", "111122223333"] : ["--strategy", strategy];
  const { child, shows, code, text, bytes } = inTerminal([main, "learn", "lost-update", ...at, "--store", store], {
    cwd,
    env,
    size: [160, 40],
  });
  try {
    // The list of lessons comes first; there, a digit is a lesson.
    await shows(key === "r" ? "id 111122223333" : /racelab > 1 Lost update/);
    child.write(key);
    if (key === "6") {
      await shows("Strategies");
      child.write("\r");
    }
    const sentence = /(PostgreSQL|MariaDB|Redis) at (127\.0\.0\.1):\d+[\s\S]*/;
    await shows(sentence);
    const said = sentence.exec(text())![0].replace(/\s+/g, " ").slice(0, 300);
    const stdout = `${said}\n${bytes().includes(SECRET) ? SECRET : ""}`;
    child.write("q");
    return { code: await code, stdout, stderr: "" };
  } catch (error) {
    child.kill("SIGKILL");
    return { code: null, stdout: `${(error as Error).message}`, stderr: "" };
  }
}

async function troubled(own: OwnServer, fault: FaultName, proxy: Between): Promise<() => Promise<unknown>> {
  switch (fault) {
    case "killed":
      proxy.refuse();
      own.kill();
      return () => own.start();
    case "frozen":
      own.freeze();
      return async () => own.thaw();
    case "cut":
      proxy.cut();
      return async () => {};
    case "full":
    case "full at start":
      await own.fill();
      return () => own.makeRoom();
    case "no connection":
      return own.takeConnections();
    case "read-only":
      return own.readOnly();
    case "wrong password":
      return async () => {};
  }
}

export async function played({ engine, fault, command }: Case, servers: ReturnType<typeof fleet>): Promise<Played> {
  const own = await servers.server(engine, fault.startsWith("full"));
  const setting = settingOf({ engine, fault });
  const asked: Asked | undefined = commands[command as CommandName];
  let undo: (() => Promise<unknown>) | undefined;
  const proxy: Between = await startProxy(own.shopUrl, {
    ...(isMidway(fault) && {
      before: {
        // Redis' client sends what is asked in one turn as one piece.
        piece: Math.round((asked?.piece ?? (command === "learn" ? 25 : 150)) / (engine === "Redis" ? 8 : 1)),
        act: async () => {
          undo = await troubled(own, fault, proxy);
        },
      },
    }),
  });
  const folder = mkdtempSync(join(tmpdir(), "racelab-broken-"));
  const env = { TMPDIR: folder, RACELAB_STATE: join(folder, "state") };
  const url = fault === "wrong password" ? proxy.url.replace(SECRET, `${SECRET}-not`) : proxy.url;
  const began = performance.now();
  let seen: Ended & { left?: readonly string[] };
  try {
    if (!isMidway(fault)) undo = await troubled(own, fault, proxy);
    seen = asked
      ? await ended(asked.words(url, setting), env)
      : await onScreen(url, setting.strategy, command === "learn" ? "r" : "6", env);
  } finally {
    await undo?.();
    await proxy.close();
  }
  const ms = Math.round(performance.now() - began);
  const next = await racelab(
    [
      "run",
      "lost-update",
      "--strategy",
      engine === "Redis" ? "cas" : "row-lock",
      "--requests",
      "4",
      "--workers",
      "1",
      "--store",
      own.shopUrl,
    ],
    { env, mostMs: MOST_MS },
  );
  const leftThere = await own.spaces();
  const leftHere = readdirSync(folder).filter((name) => name !== "state");
  rmSync(folder, { recursive: true, force: true });
  const { code, stdout, stderr, left = [] } = seen;
  const all = `${stdout}\n${stderr}`;
  const wrong =
    isMidway(fault) && !undo
      ? "it had ended before anything happened"
      : code === null
        ? "it did not end"
        : all.includes(SECRET)
          ? "the password is shown"
          : /\n\s+at |mistake of its own|node:internal/.test(all)
            ? "a stack trace"
            : asked && code !== 2
              ? `exit code ${code}`
              : asked && !/^racelab: [^\n]+\n$/.test(stderr)
                ? "not one sentence"
                : asked && !/[.:] \S/.test(stderr)
                  ? "no word about what to do"
                  : isPartlyEnglish(messageIn(stderr, "ko"))
                    ? `English in the Korean: ${messageIn(stderr, "ko")}`
                    : left.length > 0
                      ? `processes are left: ${left.join("; ")}`
                      : leftHere.length > 0
                        ? `files are left: ${leftHere.join(", ")}`
                        : next.code !== 0
                          ? `the next start: ${next.code} ${next.stderr}`
                          : leftThere.length > 0
                            ? `left on the server: ${leftThere.join(", ")}`
                            : null;
  return { code, stdout, stderr, wrong, ms };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const servers = fleet();
  // The servers go with the process.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => process.exit(130));
  const words = process.argv.slice(2);
  const asked = cases.filter((one) => !whyNoOwn[one.engine] && words.every((word) => nameOf(one).includes(word)));
  let faulty = 0;
  for (const one of asked) {
    const { wrong, code, stderr, stdout, ms } = await played(one, servers);
    if (wrong) faulty++;
    console.log(`${wrong ? "FAULT" : "ok   "} ${nameOf(one)}: ${code}, ${(ms / 1000).toFixed(1)} s${wrong ? `: ${wrong}` : ""}`);
    console.log(`      ${stderr.trim() || stdout.replace(/\s*\n\s*/g, " | ").slice(0, 1500)}`);
    if (wrong && stderr) console.log(stdout.slice(0, 1500));
  }
  await servers.stop();
  console.log(`${asked.length} cases, ${faulty} faults`);
  process.exit(faulty > 0 ? 1 : 0);
}
