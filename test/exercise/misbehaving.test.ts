/** What learners' files do, and must not do to the program: each is an answer with a sentence, and the next file is checked as if nothing had been. */
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { answered, complaints } from "../program.js";

const folder = mkdtempSync(join(tmpdir(), "racelab-misbehaving-"));
const env = { RACELAB_STATE: join(folder, "state") };
let files = 0;

async function verify(text: string, lesson = "lost-update") {
  const file = join(folder, `answer-${files++}.ts`);
  writeFileSync(file, text);
  const { code, stdout, stderr } = await answered(["verify", lesson, file, "--json"], { env });
  expect(complaints(stderr)).toBe("");
  return { code, seen: JSON.parse(stdout) };
}

/** A strategy whose `run` has this body. */
const running = (body: string, before = "") => `import { strategy } from "racelab";
${before}
export default strategy({
  summary: "s", cost: "c", requires: [],
  async run(work, session) {
${body}
  },
});
`;

const mutex = `    const [lock] = work.keys;
    await session.acquire(lock!);
    try {
      return await work.body(session);
    } finally {
      await session.release(lock!);
    }`;

const problems: readonly (readonly [what: string, text: string, kind: string, sentence: RegExp, line: number | null])[] = [
  ["does not parse", "const x = {\n  a: 1,\n", "syntax", /^Expected identifier but found end of file$/, 3],
  ["imports something else", 'import "lodash";\n', "syntax", /there is no "lodash": an exercise imports from "racelab"/, 1],
  [
    "imports what is not there",
    'import { strateggy } from "racelab";\nexport default strateggy({});',
    "import",
    /exports no strateggy: did you mean strategy/,
    null,
  ],
  [
    "throws when it is loaded",
    `${running(mutex)}\nthrow new Error("not today");`,
    "import",
    /cannot be loaded. Error: not today/,
    16,
  ],
  [
    "calls a method that a session does not have, whose name says what it wants",
    running("    await session.lock(work.keys[0]);\n    return work.body(session);"),
    "task",
    /^session\.lock does not exist\. Did you mean acquire\?$/,
    6,
  ],
  [
    "calls a method by half of its name, taken apart",
    running("    const { update } = session;\n    await update({});\n    return work.body(session);"),
    "task",
    /^update does not exist\. Did you mean updateWhere\?$/,
    7,
  ],
  ["exports nothing", "export const x = 1;", "export", /there is no default export/, null],
  ["exports a function", "export default () => {};", "export", /the default export is no strategy/, null],
  ["ends the process", running("    process.exit(3);"), "exit", /calls process.exit\(3\)/, 6],
  ["ends the process when it is loaded", running(mutex, "process.exit(0);"), "exit", /calls process.exit\(0\)/, 2],
  ["loops without end", running("    for (;;);"), "endless", /does not come back: a loop without end/, null],
  ["loops without end over promises", running("    for (;;) await null;"), "endless", /does not come back/, null],
  [
    "waits for ever when it is loaded",
    running(mutex, "await new Promise(() => {});"),
    "endless",
    /top level awaits something/,
    null,
  ],
  [
    "fills the memory bit by bit",
    running("    const all: unknown[] = [];\n    for (;;) all.push(new Array(1e5).fill(1));"),
    // On a busy machine patience may end before the memory does: both are true of a loop that fills it.
    "memory|endless",
    /more memory|does not come back/,
    null,
  ],
  ["fills the memory at once", running('    return [..."x".repeat(5e8)].length as never;'), "crash|memory", /memory/, null],
  [
    "fills the memory outside of the heap",
    running("    const all: unknown[] = [];\n    for (;;) all.push(Buffer.alloc(1e8, 1));"),
    // On a busy machine patience may end before the memory does: both are true of a loop that fills it.
    "memory|endless",
    /more memory|does not come back/,
    null,
  ],
  [
    "kills its process",
    running("    process.kill(process.pid, 'SIGKILL');\n    return work.body(session);"),
    "crash",
    /broke down \(SIGKILL\)/,
    null,
  ],
  [
    "forgets a promise that is rejected",
    running('    Promise.reject(new Error("forgotten"));\n    return work.body(session);'),
    "rejection",
    /nobody awaited it: Error: forgotten/,
    6,
  ],
  [
    "throws in a timer",
    running('    setTimeout(() => { throw new Error("later"); });\n    return work.body(session);'),
    "task",
    /calls setTimeout, which no schedule controls. Use session.sleep/,
    6,
  ],
  [
    "awaits a timer",
    running("    await new Promise((r) => setTimeout(r, 5));\n    return work.body(session);"),
    "task",
    /calls setTimeout, which no schedule controls. Use session.sleep/,
    6,
  ],
  [
    "rolls dice",
    running("    if (Math.random() < 0.5) await session.acquire(work.keys[0]!);\n    return work.body(session);"),
    "task",
    /calls Math.random, which no schedule controls. Draw it: session.choose/,
    6,
  ],
  [
    "remembers the last run",
    running("    if (runs++ % 2) await session.acquire(work.keys[0]!);\n    return work.body(session);", "let runs = 0;"),
    "task",
    /given the same replies it did something else/,
    null,
  ],
  [
    "does two things at once",
    running("    await Promise.all([session.find(work.keys[0]!), session.find(work.keys[0]!)]);\n    return work.body(session);"),
    "task",
    /second operation before the first is answered/,
    6,
  ],
  [
    "turns everybody away",
    running('    return { status: "rejected", detail: "no" };'),
    "alone",
    /should be told ok, and is told rejected \(no\)/,
    null,
  ],
  [
    "throws at once",
    running('    throw new Error("no idea");'),
    "alone",
    /should be told ok, and is told failed \(no idea\)/,
    null,
  ],
  [
    "counts its tries, without a last one",
    running(
      '    for (let n = 0; !(await session.tryAcquire(work.keys[0]!)); n++) await session.write("tries/1", { n });\n    const told = await work.body(session);\n    await session.release(work.keys[0]!);\n    return told;',
    ),
    "retries",
    /has taken \d+ steps in this order and still goes on/,
    6,
  ],
];

describe("an answer that", () => {
  it.concurrent.each(problems)("%s is an answer with a sentence", async (_, text, kind, sentence, line) => {
    const { code, seen } = await verify(text);
    expect(seen.problem).toMatchObject({ kind: expect.stringMatching(`^(${kind})$`), sentence: expect.stringMatching(sentence) });
    if (line !== null) expect(seen.problem.line).toBe(line);
    expect(code).toBe(kind === "retries" ? 3 : 1);
    expect(seen.verdict).toBe({ retries: "incomplete", alone: "wrong" }[kind] ?? "error");
  });

  it.concurrent("asks again until it gets its lock is decided: while nothing changes, asking again changes nothing", async () => {
    const { seen } = await verify(
      running(
        "    while (!(await session.tryAcquire(work.keys[0]!))) await session.sleep(1);\n    const told = await work.body(session);\n    await session.release(work.keys[0]!);\n    return told;",
      ),
    );
    expect(seen).toMatchObject({ verdict: "right", problem: null });
  });

  it.concurrent("is right is right, whatever its types are and whatever it prints", async () => {
    const text = running(
      `    const wrong: number = "a text" as never;\n    console.log("\\u001b[2Jcleared", wrong);\n    for (let i = 0; i < 500; i++) console.log("flood", i);\n    process.stdout.write("raw\\n");\n${mutex}`,
    );
    const { code, seen } = await verify(text);
    expect(seen).toMatchObject({ verdict: "right", problem: null, misconception: null, overProtected: false });
    expect(code).toBe(0);
    expect(seen.printed.lines).toHaveLength(12);
    expect(seen.printed.more).toBeGreaterThan(400);
    const file = join(folder, "printing.ts");
    writeFileSync(file, text);
    const { stdout } = await answered(["verify", "1", file], { env });
    expect(stdout).toContain("cleared a text");
    expect(stdout).toMatch(/and [\d,]+ lines more/);
    expect(stdout).not.toMatch(/[^\n\x20-\x7e]/);
  });
});
