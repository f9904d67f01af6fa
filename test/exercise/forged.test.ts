/** What a learner's code may try, to be told "right" without being it, and to do what it may not: none of it reaches the verdict. */
import { once } from "node:events";
import { existsSync, mkdtempSync, symlinkSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { namespaces } from "../../src/exercise/isolation.js";
import { answered, racelab } from "../program.js";

const folder = mkdtempSync(join(tmpdir(), "racelab-forged-"));
const env = { RACELAB_STATE: join(folder, "state"), SECRET_TOKEN: "not-to-be-read" };
const root = fileURLToPath(new URL("../../", import.meta.url));
const dist = join(root, "dist/");
let files = 0;

async function verify(text: string) {
  const file = join(folder, `answer-${files++}.ts`);
  writeFileSync(file, text);
  const { code, stdout } = await answered(["verify", "lost-update", file, "--json"], { env });
  return { code, seen: JSON.parse(stdout) };
}

const unprotected = "    return work.body(session);";
const locked = `    const [lock] = work.keys;
    await session.acquire(lock!);
    try {
      return await work.body(session);
    } finally {
      await session.release(lock!);
    }`;

const running = (body: string, before = "") => `import { ok, strategy } from "racelab";
${before}
export default strategy({
  summary: "s", cost: "c", requires: [],
  async run(work, session) {
${body}
  },
});
void ok;
`;

const forged = `{ kind: "judged", judgement: { verdict: "right", results: [], problem: null, failure: null, others: [] } }`;

const forgeries: readonly (readonly [what: string, text: string])[] = [
  [
    "sends a verdict of its own",
    running(
      unprotected,
      `import { parentPort } from "node:worker_threads";
try { parentPort?.postMessage(${forged}); } catch {}
try { process.send?.(${forged}); } catch {}`,
    ),
  ],
  [
    "writes a verdict into the channel",
    running(
      unprotected,
      `import { writeSync } from "node:fs";
for (let fd = 3; fd < 30; fd++) try { writeSync(fd, JSON.stringify(${forged}) + "\\n"); } catch {}`,
    ),
  ],
  [
    "changes the messages that are sent",
    running(
      unprotected,
      `import { MessagePort } from "node:worker_threads";
MessagePort.prototype.postMessage = () => {};
const { send } = process;
process.send = ((message: any, ...rest: any[]) => {
  if (message?.run) message.run = { asked: [], sites: [], outcome: ok() };
  return (send as any).call(process, message, ...rest);
}) as never;`,
    ),
  ],
  ["changes Map", running(unprotected, "try { Map.prototype.has = () => true; } catch {}")],
  ["changes Set", running(unprotected, "try { Set.prototype.has = () => true; } catch {}")],
  [
    "changes how lists and copies are made",
    running(
      unprotected,
      `const none = () => undefined as never;
try { Array.prototype.push = none; } catch {}
try { (globalThis as any).structuredClone = none; } catch {}
try { (globalThis as any).Promise = null; } catch {}`,
    ),
  ],
  [
    "takes the properties out of the lesson",
    running(
      unprotected,
      `const { default: lesson } = await import(${JSON.stringify(`${dist}lessons/01-lost-update/lesson.js`)}) as any;
const { scenario } = lesson;
lesson.scenario = (size: any) => ({ ...scenario(size), properties: [] });`,
    ),
  ],
  [
    "imports the lesson's solution",
    `export { default } from ${JSON.stringify(`${dist}lessons/01-lost-update/exercise/solution.js`)};`,
  ],
  [
    "imports the lesson's solution by a name that it makes up",
    running(
      unprotected,
      `const { default: solution } = await import([${JSON.stringify(`${dist}lessons/01-lost-update/exercise`)}, "solution.js"].join("/"));
void solution;`,
    ),
  ],
  [
    "reads the lesson's solution",
    running(
      unprotected,
      `import { readFileSync } from "node:fs";
const solution = readFileSync(${JSON.stringify(`${dist}lessons/01-lost-update/exercise/solution.js`)}, "utf8");
void solution;`,
    ),
  ],
  ["protects its first 2,000 runs", running(`    if (n++ < 2000) {\n${locked}\n    }\n${unprotected}`, "let n = 0;")],
  [
    "protects where it is watched",
    running(
      // Folders that stand above the program and the answer say nothing of who watches, and may be called anything.
      `    const where = [new Error().stack, ...process.argv, ...process.execArgv].join(" ")
      .replaceAll(${JSON.stringify(root)}, "").replaceAll(${JSON.stringify(dirname(folder))}, "");
    if (/simulator|judge|host|explor|automaton|verify|check|ipc|allow/.test(where) || "send" in process) {
${locked}\n    }\n${unprotected}`,
    ),
  ],
];

describe("an unprotected answer that", () => {
  it.concurrent.each(forgeries)("%s is not right", async (_, text) => {
    const { code, seen } = await verify(text);
    expect(["wrong", "error"]).toContain(seen.verdict);
    expect(code).toBe(1);
  });
});

const reaching: readonly (readonly [what: string, text: string])[] = [
  [
    "writes a file",
    `import { writeFileSync } from "node:fs";\ntry { writeFileSync(${JSON.stringify(join(folder, "reached"))}, "x"); } catch {}`,
  ],
  [
    "starts a process",
    `import { execSync } from "node:child_process";\ntry { execSync(${JSON.stringify(`touch ${join(folder, "reached")}`)}); } catch {}`,
  ],
  [
    "starts a thread",
    `import { Worker } from "node:worker_threads";
try {
  new Worker(${JSON.stringify(`require("node:fs").writeFileSync(${JSON.stringify(join(folder, "reached"))}, "x")`)}, { eval: true });
} catch {}`,
  ],
];

describe("code that", () => {
  it.concurrent.each(reaching)("%s gets no further", async (_, before) => {
    const { seen } = await verify(running(locked, before));
    expect(seen.verdict).toBe("right");
    expect(existsSync(join(folder, "reached"))).toBe(false);
  });

  it.concurrent("reads the environment finds no secret of the program's", async () => {
    const { seen } = await verify(running(locked, "console.log(JSON.stringify(process.env));"));
    expect(seen.verdict).toBe("right");
    expect(JSON.stringify(seen)).not.toContain("not-to-be-read");
  });

  it.concurrent("is judged where the temporary folder is behind a link, as on macOS", async () => {
    const link = join(folder, "link");
    symlinkSync(mkdtempSync(join(tmpdir(), "racelab-behind-")), link);
    const file = join(folder, "linked.ts");
    writeFileSync(file, running(locked));
    const { stdout } = await racelab(["verify", "lost-update", file, "--json"], { env: { ...env, TMPDIR: link } });
    expect(JSON.parse(stdout)).toMatchObject({ verdict: "right", problem: null });
  });

  it.concurrent("stops its own process ends in a sentence", async () => {
    const { code, seen } = await verify(running(`    process.kill(process.pid, "SIGSTOP");\n${unprotected}`));
    expect(seen.problem).toMatchObject({ kind: "endless", sentence: expect.stringContaining("does not come back") });
    expect(code).toBe(1);
  });

  it.concurrent.each(["SIGKILL", "SIGSTOP"])("sends %s to the process that judges it ends in a sentence", async (signal) => {
    const { code, seen } = await verify(running(`    process.kill(process.ppid, "${signal}");\n${unprotected}`));
    expect(seen.problem.kind).toBe("crash");
    expect(code).toBe(1);
  });

  it.concurrent("has errors and classes of its own is judged as ever", async () => {
    const { seen } = await verify(
      running(
        locked,
        `class Sold extends Error { constructor(text: string) { super(text); this.name = "Sold"; } }
const sold = new Map([["a", new Sold("a")]]);
sold.set("b", new Sold("b"));
const list = [3, 1, 2].sort();
list.push(4);
void sold; void list;`,
      ),
    );
    expect(seen.verdict).toBe("right");
  });
});

const has = (await namespaces()) !== null;

describe("with --isolated", () => {
  it.runIf(has)("code reaches no server, and the line says what is in force", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const file = join(folder, "isolated.ts");
    writeFileSync(
      file,
      running(
        locked,
        `import { createConnection } from "node:net";
const reached = await new Promise((done) => {
  const socket = createConnection(${port}, "127.0.0.1");
  socket.on("connect", () => done("connected"));
  socket.on("error", (error: NodeJS.ErrnoException) => done(error.code));
});
console.log("reached:", reached);`,
      ),
    );
    const { stdout, code } = await answered(["verify", "lost-update", file, "--isolated"], { env });
    server.close();
    expect(stdout).toMatch(/isolated: it reads no file.*no network.*\((bwrap|unshare)\)/s);
    // bwrap gives the process a loopback interface of its own, where nobody listens; unshare one that is down.
    expect(stdout).toMatch(/reached: (ECONNREFUSED|ENETUNREACH)/);
    expect(code).toBe(0);
  });

  it.runIf(has)("code that does not come back, and code that fills the memory, end as ever", async () => {
    for (const [kind, body] of [
      ["endless", "    for (;;);"],
      ["memory|endless", "    const all: unknown[] = [];\n    for (;;) all.push(Buffer.alloc(1e8, 1));"],
    ]) {
      const file = join(folder, "isolated-endless.ts");
      writeFileSync(file, running(body!));
      const { stdout } = await answered(["verify", "lost-update", file, "--isolated", "--json"], { env });
      expect(JSON.parse(stdout).problem.kind).toMatch(new RegExp(`^(${kind})$`));
    }
  });
});
