/**
 * Hostile answers to the first exercise, beside those of `forged.test.ts` and `misbehaving.test.ts`: unprotected code that
 * changes what it is run with, prints, throws, starts things, or fills what there is. None may be right, hang, break the JSON
 * or show a stack trace of racelab's.
 *
 *   npx tsx test/exercise/hostile.ts [from which on]
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { racelab } from "../program.js";

const MOST_MS = 120_000;

const running = (before: string, body = "") => `import { ok, rejected, strategy } from "racelab";
${before}
export default strategy({
  summary: "s", cost: "c", requires: [],
  async run(work, session) {
${body}
    return work.body(session);
  },
});
void ok; void rejected;
`;

const patched = (what: string, by = "() => true") => running(`try { ${what} = ${by} as never; } catch {}`);
const prototypes: readonly (readonly [string, string?])[] = [
  ["Array.prototype.push"],
  ["Array.prototype.map"],
  ["Array.prototype.some"],
  ["Array.prototype.every"],
  ["Array.prototype.filter"],
  ["Array.prototype[Symbol.iterator]", "function* () {}"],
  ["Array.isArray"],
  ["Object.keys", "() => []"],
  ["Object.entries", "() => []"],
  ["Object.is"],
  ["Object.assign", "(one: object) => one"],
  ["Object.prototype.toString", '() => "ok"'],
  ["JSON.stringify", '() => "{}"'],
  ["JSON.parse", "() => ({})"],
  ["Promise.prototype.then", "function (this: Promise<unknown>) { return this; }"],
  ["Promise.resolve", "() => new Promise(() => {})"],
  ["Promise.all", "() => new Promise(() => {})"],
  ["String.prototype.includes"],
  ["String.prototype.startsWith"],
  ["String.prototype.split", "() => []"],
  ["RegExp.prototype.test"],
  ["RegExp.prototype.exec", "() => null"],
  ["Function.prototype.call"],
  ["Function.prototype.apply"],
  ["Function.prototype.bind", "function (this: unknown) { return this; }"],
  ["Number.isSafeInteger"],
  ["Number.isFinite"],
  ["Map.prototype.get"],
  ["Map.prototype.has"],
  ["Set.prototype.has"],
  ["Map.prototype.set", "function (this: unknown) { return this; }"],
  ["WeakMap.prototype.get"],
  ["Int32Array.prototype.set", "() => {}"],
  ["Atomics.add", "() => 1"],
  ["(globalThis as any).structuredClone", "() => ({})"],
  ["(globalThis as any).queueMicrotask", "() => {}"],
  ["(globalThis as any).setImmediate", "() => {}"],
  ["process.nextTick", "() => {}"],
  ["process.on", "() => process"],
  ["process.emit"],
  ["(process as any)._send"],
  ["(Error as any).prepareStackTrace", '() => "at nowhere"'],
];

const others: readonly (readonly [string, string])[] = [
  [
    "prints the words of a verdict",
    running('console.log("right: it holds in every one of 1 schedule"); process.stdout.write(\'{"verdict":"right"}\\n\');'),
  ],
  [
    "prints to the file descriptors",
    running(
      'import { writeSync } from "node:fs"; for (const fd of [1, 2]) try { writeSync(fd, \'{"verdict":"right"}\\n\'); } catch {}',
    ),
  ],
  [
    "prints to the program's own output",
    running(
      'import { writeFileSync } from "node:fs"; for (const pid of [process.ppid, 1]) try { writeFileSync("/proc/" + pid + "/fd/1", \'{"verdict":"right"}\\n\'); } catch {}',
    ),
  ],
  ["prints without end", running("", "    for (let i = 0; i < 20000; i++) console.log(i);")],
  ["prints a line of a hundred million characters", running('console.log("x".repeat(1e8));')],
  ["prints controls", running('console.log("\\u001b]0;owned\\u0007\\u202e\\u0000");')],
  ["throws a proxy", running("", "    throw new Proxy({}, { get() { throw new Error(); } });")],
  ["throws null", running("", "    throw null;")],
  [
    "throws an error whose message throws",
    running("", '    throw Object.defineProperty(new Error(), "message", { get() { throw new Error("no"); } });'),
  ],
  ["throws an error with controls", running("", '    throw new Error("\\u001b[31m\\u202e");')],
  ["returns a function", running("", "    return (() => {}) as never;")],
  ["returns a circle", running("", "    const circle: any = { status: 'ok' }; circle.detail = circle; return circle;")],
  ["returns a proxy", running("", "    return new Proxy({}, { get: () => 'ok' }) as never;")],
  ["returns a thenable that never answers", running("", "    return { then() {} } as never;")],
  ["returns a promise that never answers", running("", "    return new Promise(() => {}) as never;")],
  [
    "asks for an operation with getters",
    running("", "    await session.perform({ get kind() { return 'commit'; } } as never).catch(() => {});"),
  ],
  ["asks for an operation that is a function", running("", "    await session.perform((() => {}) as never).catch(() => {});")],
  [
    "asks for an operation that is a circle",
    running(
      "",
      "    const circle: any = { kind: 'write', key: 'stock/1' }; circle.row = circle; await session.perform(circle).catch(() => {});",
    ),
  ],
  ["changes its work", running("", "    try { (work as any).body = async () => ok(); } catch {}")],
  ["changes what it read", running("", "    const row: any = await session.find(work.keys[0]!); if (row) row.left = 1e9;")],
  ["goes on after its end", running("", "    void Promise.resolve().then(() => session.find(work.keys[0]!));")],
  ["starts many promises", running("", "    for (let i = 0; i < 1e5; i++) void Promise.resolve();")],
  ["loops in microtasks", running("", "    const again = (): unknown => Promise.resolve().then(again); void again();")],
  ["loops in a regular expression", running("", '    /^(a+)+$/.test("a".repeat(40) + "b");')],
  ["waits on shared memory", running("", "    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);")],
  ["loops", running("", "    for (;;);")],
  ["waits for a timer that it sets anew", running("", "    for (;;) await new Promise((wake) => setTimeout(wake, 1));")],
  ["waits for the next turn for ever", running("", "    for (;;) await new Promise((wake) => setImmediate(wake));")],
  ["fills the heap", running("", "    const all: unknown[] = []; for (;;) all.push({ n: all.length });")],
  ["fills the memory with buffers", running("", "    const all: unknown[] = []; for (;;) all.push(Buffer.alloc(1e8, 1));")],
  ["exits as if all were well", running("", "    process.exit(0);")],
  ["kills itself", running("", '    process.kill(process.pid, "SIGKILL");')],
  ["stops itself", running("", '    process.kill(process.pid, "SIGSTOP");')],
  ["ends the process above it", running("", '    try { process.kill(process.ppid, "SIGTERM"); } catch {}')],
  ["kills the process above it", running("", '    try { process.kill(process.ppid, "SIGKILL"); } catch {}')],
  ["throws where nobody catches", running("", "    setTimeout(() => { throw new Error('later'); }, 0);")],
  ["rejects where nobody waits", running("", "    void Promise.reject(new Error('nobody'));")],
  [
    "turns whatever memory is shared with it",
    running(
      'import { workerData } from "node:worker_threads"; for (const one of Object.values(workerData ?? {})) if (one instanceof SharedArrayBuffer) setInterval(() => Atomics.add(new Int32Array(one), 0, 1), 1);',
      "    for (;;);",
    ),
  ],
  [
    "leaves a process behind",
    running(
      'import { spawn } from "node:child_process"; try { spawn("sleep", ["77"], { detached: true, stdio: "ignore" }).unref(); } catch {}',
    ),
  ],
  [
    "starts twenty processes",
    running(
      'import { exec } from "node:child_process"; for (let n = 0; n < 20; n++) try { exec("sleep 77", () => {}); } catch {}',
    ),
  ],
  [
    "starts a thread that loops",
    running('import { Worker } from "node:worker_threads"; try { new Worker("for (;;);", { eval: true }); } catch {}'),
  ],
  [
    "runs a program",
    running('import { execSync } from "node:child_process"; try { execSync("touch racelab-was-here"); } catch {}'),
  ],
  ["asks the network", running('void fetch("http://127.0.0.1:6379").catch(() => {});')],
  ["prints its environment", running("console.log(JSON.stringify(process.env));")],
  [
    "writes a solved try where racelab remembers them",
    running(
      'import { mkdirSync, writeFileSync } from "node:fs"; try { const to = process.env.RACELAB_STATE + "/lost-update/tries"; mkdirSync(to, { recursive: true }); writeFileSync(to + "/2026.json", "{}"); } catch {}',
    ),
  ],
  [
    "removes the folder that it is in",
    running(
      'import { rmSync } from "node:fs"; import { dirname } from "node:path"; import { fileURLToPath } from "node:url"; try { rmSync(dirname(fileURLToPath(import.meta.url)), { recursive: true, force: true }); } catch {}',
    ),
  ],
  [
    "puts a link into the folder that it is in",
    running(
      'import { symlinkSync } from "node:fs"; import { dirname, join } from "node:path"; import { fileURLToPath } from "node:url"; try { symlinkSync("/etc", join(dirname(fileURLToPath(import.meta.url)), "link")); } catch {}',
    ),
  ],
  ["prints past the console", running('(process as any)._rawDebug("right: it holds in every one of 1 schedule");')],
  [
    "prints to the terminal",
    running('import { writeFileSync } from "node:fs"; try { writeFileSync("/dev/tty", "right"); } catch {}'),
  ],
  [
    "asks for two operations at once",
    running("", "    await Promise.all([session.find(work.keys[0]!), session.find(work.keys[0]!)]);"),
  ],
  [
    "does nothing and says ok",
    'import { ok, strategy } from "racelab";\nexport default strategy({ summary: "s", cost: "c", requires: [], run: async () => ok() });',
  ],
  [
    "does nothing and turns all away",
    'import { rejected, strategy } from "racelab";\nexport default strategy({ summary: "s", cost: "c", requires: [], run: async () => rejected("no") });',
  ],
  ["recurses", running("", "    const deep = (): number => 1 + deep(); deep();")],
  ["aborts", running("", "    process.abort();")],
  ["ends itself really", running("", "    (process as any).reallyExit(0);")],
  ["sends itself SIGTERM", running("", '    process.kill(process.pid, "SIGTERM");')],
  ["disconnects", running("process.disconnect?.();")],
  [
    "closes every file",
    running('import { closeSync } from "node:fs"; for (let fd = 3; fd < 60; fd++) try { closeSync(fd); } catch {}'),
  ],
  ["takes the listeners away", running('process.removeAllListeners("message"); process.removeAllListeners("disconnect");')],
  [
    "answers before it is asked",
    running(
      'for (let i = 0; i < 100; i++) process.send?.({ kind: "ran", id: String(i), run: { asked: [], sites: [], outcome: { status: "ok" } } });',
    ),
  ],
  ["answers nonsense", running('process.send?.(null); process.send?.("judged"); process.send?.({ kind: "problem" });')],
  ["loads an addon", running('try { process.dlopen({ exports: {} } as never, "/lib/x86_64-linux-gnu/libc.so.6"); } catch {}')],
  ["opens the inspector", running('import inspector from "node:inspector"; try { inspector.open(0); } catch {}')],
  ["compiles WebAssembly that asks for memory", running("try { new WebAssembly.Memory({ initial: 65536 }); } catch {}")],
  ["takes a list of half a thousand million", running("", "    void new Array(5e8).fill(0.5);")],
  ["takes a text of half a thousand million", running("", '    void [..."x".repeat(5e8)];')],
  ["awaits at its top for ever", running("await new Promise(() => {});")],
  ["loops at its top", running("for (;;);")],
  ["throws at its top", running('throw new Error("\\u001b[2J");')],
  ["freezes the world", running("Object.freeze(globalThis); Object.freeze(process);")],
  [
    "changes its strategies",
    running(
      'import { mutex } from "racelab"; try { (mutex as any).run = (work: any, session: any) => work.body(session); } catch {}',
    ),
  ],
  ["has no run", "export default { run: 5 };"],
  ["is a proxy", "export default new Proxy({}, { get() { throw new Error('no'); } });"],
  ["is empty", ""],
  ["is one very long line", `export default ${"(".repeat(20000)}${")".repeat(20000)};`],
  ["is binary", "\u0000\u0001\u0002\ufffd"],
  // Of whatever an object inherits: every message and every answer is one.
  ...[
    ["toJSON", '() => ({ kind: "ran" })'],
    ["then", "(on: any) => on({ status: 'ok' })"],
    ["status", '"ok"'],
    ["error", '"40001"'],
    ["value", "true"],
    ["kind", '"judged"'],
    ["verdict", '"right"'],
    ["get", "() => 1"],
    ["replies", "[]"],
    ["violations", "[]"],
  ].map(
    ([name, value]) =>
      [
        `gives every object a ${name}`,
        running(`try { Object.defineProperty(Object.prototype, "${name}", { value: ${value}, configurable: true }); } catch {}`),
      ] as const,
  ),
  ["gives every object a setter", running('Object.defineProperty(Object.prototype, "0", { set() { throw new Error("0"); } });')],
  ["changes what an error is", running("Object.defineProperty(Error, Symbol.hasInstance, { value: () => true });")],
  [
    "takes the stacks away",
    running("Error.stackTraceLimit = 0; (Error as any).captureStackTrace = () => { throw new Error(); };"),
  ],
  ["makes a stack without end", running("", '    throw Object.assign(new Error("x"), { stack: "x\\n    at ".repeat(1e6) });')],
  ["throws a symbol", running("", "    throw Symbol('x');")],
  ["throws a big number", running("", "    throw 2n ** 4096n;")],
  ["throws a revoked proxy", running("", "    const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy;")],
  [
    "throws an error whose name loops",
    running("", '    throw Object.defineProperty(new Error("x"), "name", { get() { for (;;); } });'),
  ],
  ["throws what loops as a text", running("", "    throw { toString() { for (;;); } };")],
  ["throws an error that causes itself", running("", '    const e: any = new Error("x"); e.cause = e; e.errors = [e]; throw e;')],
  ["throws a very long message", running("", '    throw new Error("x".repeat(1e8));')],
  ["returns a symbol", running("", "    return Symbol('ok') as never;")],
  ["returns an unknown outcome", running("", '    return { status: "unknown", detail: "x" } as never;')],
  ["returns a list", running("", '    return ["ok"] as never;')],
  [
    "returns an outcome that changes",
    running("", '    let n = 0; return { get status() { return n++ % 2 ? "ok" : "rejected"; } } as never;'),
  ],
  ["returns an outcome that loops", running("", "    return { get status() { for (;;); } } as never;")],
  ["returns an outcome with a very long detail", running("", '    return { status: "ok", detail: "x".repeat(1e8) } as never;')],
  ["returns an outcome with a big number", running("", '    return { status: "ok", detail: 1n } as never;')],
  [
    "returns a revoked proxy",
    running("", "    const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy as never;"),
  ],
  ...[
    ["a very long key", '{ kind: "read", key: "x".repeat(1e7) }'],
    ["a key that is no text", '{ kind: "read", key: {} }'],
    ["no number in a row", '{ kind: "write", key: "stock/1", row: { left: NaN } }'],
    ["an endless number in a row", '{ kind: "write", key: "stock/1", row: { left: Infinity } }'],
    ["a big number in a row", '{ kind: "write", key: "stock/1", row: { left: 1n } }'],
    [
      "a row of a million columns",
      '{ kind: "write", key: "stock/1", row: Object.fromEntries(Array.from({ length: 1e6 }, (_, i) => [i, i])) }',
    ],
    [
      "a row with a prototype",
      '{ kind: "write", key: "stock/1", row: JSON.parse(\'{"__proto__":{"left":1},"constructor":1}\') }',
    ],
    ["a row of depth ten thousand", '{ kind: "write", key: "stock/1", row: JSON.parse("[".repeat(1e4) + "]".repeat(1e4)) }'],
    ["to sleep for ever", '{ kind: "sleep", ms: Infinity }'],
    ["to sleep for no time", '{ kind: "sleep", ms: -1 }'],
    ["to choose among none", '{ kind: "choose", name: "x", options: [] }'],
    ["to choose among a million", '{ kind: "choose", name: "x", options: Array.from({ length: 1e6 }, (_, i) => i) }'],
    ["for an operation that there is not", '{ kind: "drop table" }'],
    ["for an operation named as a prototype", '{ kind: "__proto__" }'],
    ["for null", "null"],
    ["to release what it has not", '{ kind: "release", lock: "stock/1" }'],
    ["to commit what it has not begun", '{ kind: "commit" }'],
  ].map(
    ([what, operation]) =>
      [`asks ${what}`, running("", `    await session.perform(${operation} as never).catch(() => {});`)] as const,
  ),
  ["asks without end", running("", "    for (;;) await session.find(work.keys[0]!);")],
  ["takes a new lock each time", running("", "    for (let n = 0; ; n++) await session.acquire('own/' + n);")],
  [
    "begins without end",
    running("", "    for (;;) await session.perform({ kind: 'begin', isolation: 'read committed' } as never).catch(() => {});"),
  ],
  [
    "asks for a hundred thousand operations at once",
    running("", "    await Promise.allSettled(Array.from({ length: 1e5 }, () => session.find(work.keys[0]!)));"),
  ],
  [
    "has a run that changes",
    'let n = 0;\nexport default { summary: "s", cost: "c", requires: [], get run() { return n++ % 2 ? async () => ({ status: "ok" }) : (w: any, s: any) => w.body(s); } };',
  ],
  [
    "has a run that loops when it is looked at",
    'export default { summary: "s", cost: "c", requires: [], get run() { for (;;); } };',
  ],
  ["has a generator for its run", 'export default { summary: "s", cost: "c", requires: [], *run() { yield 1; } };'],
  ["has a class for its run", 'export default { summary: "s", cost: "c", requires: [], run: class { then() {} } };'],
  [
    "requires without end",
    'export default { summary: "s", cost: "c", get requires() { for (;;); }, run: (w: any, s: any) => w.body(s) };',
  ],
  [
    "requires a million things",
    'export default { summary: "s", cost: "c", requires: Array.from({ length: 1e6 }, () => "x".repeat(100)), run: (w: any, s: any) => w.body(s) };',
  ],
  [
    "requires what is no text",
    'export default { summary: "s", cost: "c", requires: [Symbol("x")], run: (w: any, s: any) => w.body(s) };',
  ],
  ["is a promise", "export default Promise.resolve({ run: (w: any, s: any) => w.body(s) });"],
  ["is a thenable that loops", "export default { then() { for (;;); } };"],
  ["exports then", running("export function then() { for (;;); }")],
  ["imports itself", running('import * as own from "./answer.ts"; void own;')],
  ["imports a folder", running('import "./";')],
  ["imports from the network", running('import "https://127.0.0.1:1/x.js";')],
  ["imports a text as code", running('import "data:text/javascript,for(;;);";')],
  ["imports an endless file", running('import "/dev/zero";')],
  ["imports the program's own files", running('import "/proc/self/cwd/dist/src/main.js";')],
  ["loads its text as code", running('import vm from "node:vm"; vm.runInThisContext("for (;;);");')],
  [
    "leaves the realm",
    running(
      'import vm from "node:vm"; const p: any = vm.runInNewContext("this.constructor.constructor(\'return process\')()"); p?.exit?.(0);',
    ),
  ],
  [
    "plays the judge to itself",
    running(
      'process.emit("message" as never, { kind: "open", lesson: "file:///nope", module: "file:///nope", file: "x" } as never);',
    ),
  ],
  ["plays the judge's end", running('process.emit("disconnect" as never);')],
  ["closes its channel", running("(process as any).channel?.close?.(); (process as any).channel?.unref?.();")],
  [
    "writes into its channel",
    running(
      'import { writeSync } from "node:fs"; for (let fd = 3; fd < 12; fd++) try { writeSync(fd, \'{"kind":"judged","verdict":"right"}\\n\'); } catch {}',
    ),
  ],
  ["ends its output", running("process.stdout.end(); process.stderr.destroy();")],
  [
    "opens the inspector of the process above it",
    running(
      'try { (process as any)._debugProcess(process.ppid); } catch {} try { process.kill(process.ppid, "SIGUSR1"); } catch {}',
    ),
  ],
  ["stops the process above it", running('try { process.kill(process.ppid, "SIGSTOP"); } catch {}')],
  ["suspends the process above it", running('try { process.kill(process.ppid, "SIGTSTP"); } catch {}')],
  ["ends the group of processes that it is in", running('try { process.kill(0, "SIGTERM"); } catch {}')],
  ["kills the group of processes that it is in", running('try { process.kill(0, "SIGKILL"); } catch {}')],
  [
    "takes the engine apart",
    running(
      'import v8 from "node:v8"; v8.setFlagsFromString("--stack-size=10"); v8.setFlagsFromString("--max-old-space-size=1");',
    ),
  ],
  [
    "writes a heap snapshot",
    running('import v8 from "node:v8"; try { v8.writeHeapSnapshot("/tmp/racelab-was-here.heapsnapshot"); } catch {}'),
  ],
  ["writes a report", running('try { (process as any).report.writeReport("/tmp/racelab-was-here.json"); } catch {}')],
  [
    "changes its place",
    running(
      'try { (process as any)["ch" + "dir"]("/"); process.umask(0o777); Object.assign(process.env, { TMPDIR: "/nope" }); } catch {}',
    ),
  ],
  [
    "binds the engine's own parts",
    running('try { (process as any).binding("process_wrap"); (process as any).binding("spawn_sync"); } catch {}'),
  ],
  [
    "runs WebAssembly that loops",
    running(
      "",
      "    new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array([0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,8,1,0,10,9,1,7,0,3,64,12,0,11,11])));",
    ),
  ],
  ["computes a number of a thousand million digits", running("", "    void (3n ** (2n ** 28n));")],
  ["joins four thousand million commas", running("", '    void new Array(2 ** 32 - 1).join(",");')],
  ["sorts without sense", running("", "    for (;;) Array.from({ length: 1e5 }, (_, i) => i).sort(() => 1);")],
  [
    "loops in the next tick",
    running("", "    const again = (): void => process.nextTick(again); again(); await session.find(work.keys[0]!);"),
  ],
  ["awaits null for ever", running("", "    for (;;) await null;")],
  ["loops when it is collected", running("", "    new FinalizationRegistry(() => { for (;;); }).register({}, 0);")],
  ["loops in a getter of what it prints", running("console.log({ get [Symbol.toStringTag]() { for (;;); } });")],
  ["loops in what inspects it", running('console.log({ [Symbol.for("nodejs.util.inspect.custom")]() { for (;;); } });')],
  ["prints a table without end", running("console.table(Array.from({ length: 1e6 }, (_, i) => ({ i })));")],
  ["maps its source to an endless file", `${running("")}\n//# sourceMappingURL=/dev/zero\n`],
  ["maps its source to nonsense", `${running("")}\n//# sourceMappingURL=data:application/json;base64,AAAA\n`],
  ["begins with a mark of its order", `\ufeff${running("")}`],
  ["begins as a script", `#!/usr/bin/env node\n${running("")}`],
  ["is ten million lines", "\n".repeat(1e7) + running("")],
];

export const hostile: readonly (readonly [what: string, text: string])[] = [
  ...prototypes.map(([what, by]) => [`changes ${what}`, patched(what, by)] as const),
  ...others,
];

interface Outcome {
  readonly what: string;
  readonly verdict: string;
  readonly fault: string | null;
  readonly ms: number;
}

export async function judged(what: string, text: string, folder: string, n: number): Promise<Outcome> {
  const file = join(folder, `answer-${n}.ts`);
  writeFileSync(file, text);
  const began = performance.now();
  const env = { RACELAB_STATE: join(folder, "state") };
  const { code, stdout: out, stderr: error } = await racelab(["verify", "lost-update", file, "--json"], { env, mostMs: MOST_MS });
  let verdict = "?";
  try {
    const said = JSON.parse(out) as { verdict?: string; error?: { message: string } };
    verdict = said.verdict ?? (said.error ? "refused" : "?");
  } catch {}
  const fault =
    code === null
      ? "hangs"
      : verdict === "?"
        ? `broken JSON, code ${code}: ${out.slice(0, 200)}${error.slice(0, 300)}`
        : verdict === "right" || code === 0
          ? "right"
          : /\n {4}at |mistake of its own/.test(error)
            ? "a stack trace"
            : null;
  return { what, verdict, fault, ms: Math.round(performance.now() - began) };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const folder = mkdtempSync(join(tmpdir(), "racelab-hostile-"));
  let [next, faults] = [Number(process.argv[2] ?? 0), 0];
  const work = async (): Promise<void> => {
    for (let i = next++; i < hostile.length; i = next++) {
      const outcome = await judged(...hostile[i]!, folder, i);
      if (outcome.fault) faults++;
      console.log(
        `${outcome.fault ? "FAULT" : "ok   "} ${outcome.verdict.padEnd(10)} ${String(outcome.ms).padStart(6)} ms  ${outcome.what}${outcome.fault ? `: ${outcome.fault}` : ""}`,
      );
    }
  };
  await Promise.all([work(), work()]);
  console.log(`${hostile.length} answers, ${faults} faults`);
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = faults > 0 ? 1 : 0;
}
