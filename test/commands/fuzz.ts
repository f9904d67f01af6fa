/**
 * Random command lines: every command, with sizes, schedules, limits, faults, stores and words that nobody would type. Each must
 * end in time, with a documented exit code, without a stack trace, and with --json in one object.
 *
 *   npx tsx test/commands/fuzz.ts [how many, 480] [seed, 1]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { racelab } from "../program.js";

/** A command line that ended otherwise than it may. */
export interface Fault {
  readonly words: readonly string[];
  readonly what: string;
  readonly said: string;
}

export interface Fuzzed {
  readonly lines: number;
  readonly codes: { readonly [code: string]: number };
  readonly faults: readonly Fault[];
}

/** Right, violated, wrong use, incomplete, standard output full; 130: interrupted, which nobody does here. */
const documented: ReadonlySet<number | null> = new Set([0, 1, 2, 3]);
/** A hang is a line that takes longer; a busy machine needs some of it. */
const MOST_MS = 90_000;

const odd = [
  "",
  " ",
  "-1",
  "0",
  "1",
  "2",
  "3",
  "255",
  "256",
  "4294967296",
  "9999999999999999999999",
  "1e9",
  "NaN",
  "Infinity",
  "0x10",
  "٣",
  "__proto__",
  "constructor",
  "toString",
  "null",
  "../../etc/passwd",
  "/dev/null",
  "/nope/x",
  "'; drop table stock; --",
  "\u001b[31mred",
  "\u202egnp.exe",
  "ㅁ".repeat(300),
  "a".repeat(5000),
];
const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...odd) },
  fc.string({ maxLength: 12, unit: "binary" }).filter((s) => !s.includes("\0")),
);
const lesson = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.constantFrom("lost-update", "1", "2", "deadlock", "9", "saga", "write-skew", "20", "cancel-vs-accept"),
  },
  word,
);
const strategy = fc.oneof(
  { weight: 15, arbitrary: fc.constantFrom("none", "mutex", "cas", "row-lock", "serializable", "saga", "outbox", "lease-lock") },
  word,
);
const schedule = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .array(fc.constantFrom("1", "2", "3", "1 crash", "expire", "2 lost-reply", ",", "-"), { maxLength: 12 })
      .map((steps) => steps.join("")),
  },
  fc.constantFrom("1".repeat(5000), "12121212", "1,2,x", "10,11,12"),
  word,
);
const number = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 0, max: 5 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom(...odd) },
);
const named = (names: readonly string[]) =>
  fc
    .array(fc.tuple(fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...names) }, word), number), { minLength: 1, maxLength: 3 })
    .map((pairs) => pairs.map((pair) => pair.join("=")).join(","));
const option = (name: string, value?: fc.Arbitrary<string>) =>
  value ? value.map((given) => [name, given]) : fc.constant([name]);
const size = option("--size", named(["tasks", "servers", "keys", "pieces", "stock", "tabs"]));
const faults = option("--faults", named(["crash", "restart", "lost-reply", "expire", "redeliver"]));
/** Without the limits of the user a wild size would run for minutes, as it may. */
const limits = option("--limit", fc.constantFrom("seconds=2", "states=2000,seconds=2", "runs=10,seconds=2", "steps=3,seconds=2"));
const wildLimits = option("--limit", named(["seconds", "states", "runs", "steps", "bytes"]));
const json = option("--json");
const lang = option("--lang", fc.oneof(fc.constantFrom("en", "ko"), word));
const store = option(
  "--store",
  fc.oneof(
    fc.constantFrom(
      "memory:",
      "lowdb:",
      "lowdb:/nope/x.json",
      "redis://127.0.0.1:1",
      "postgres://a:b@127.0.0.1:1/x",
      "mysql://127.0.0.1:1/x",
    ),
    word,
  ),
);
const underStrategy = option("--strategy", strategy);
const any = option("--nonsense");

/** What a command is given, and its options; the first list is always there. */
const line = (
  command: string,
  given: readonly fc.Arbitrary<string>[],
  options: readonly fc.Arbitrary<readonly string[]>[],
  always: readonly fc.Arbitrary<readonly string[]>[] = [],
) =>
  fc
    .tuple(
      fc.tuple(...given),
      fc.tuple(...always),
      fc.array(
        fc.oneof(
          { weight: 8, arbitrary: options.length > 0 ? fc.oneof(...options) : json },
          { weight: 4, arbitrary: json },
          { weight: 1, arbitrary: lang },
          { weight: 1, arbitrary: any },
        ),
        { maxLength: 3 },
      ),
    )
    .map(([words, first, more]) => [command, ...words, ...first.flat(), ...more.flat()]);

const commandLine: fc.Arbitrary<readonly string[]> = fc.oneof(
  line(
    "explore",
    [lesson],
    [size, faults, underStrategy, option("--verdict-only"), option("--stats"), option("--cores", number)],
    [limits],
  ),
  line("explore", [lesson], [size, underStrategy, wildLimits], [option("--limit", fc.constant("seconds=2"))]),
  line("trace", [lesson, schedule], [size, faults, underStrategy, option("--steps", number)], [limits]),
  line("decide", [lesson], [size, underStrategy], [limits]),
  line("predict", [lesson], [size, option("--answers", word)]),
  line("export", [lesson, schedule], [size, underStrategy, option("--to", word), option("--out", word)]),
  line(
    "run",
    [lesson],
    [
      size,
      underStrategy,
      store,
      option("--requests", fc.constantFrom("1", "10", "0", "-1", "x")),
      option("--workers", fc.constantFrom("1", "2", "0", "999", "x")),
      option("--servers", fc.constantFrom("1", "0", "x")),
    ],
    [option("--deadline", fc.constantFrom("500", "1000"))],
  ),
  line(
    "compare",
    [lesson],
    [option("--strategies", strategy), store],
    [option("--rounds", fc.constantFrom("1", "0", "x")), option("--requests", fc.constantFrom("5", "x"))],
  ),
  line("verify", [lesson, word], [option("--hint", number), option("--isolated")]),
  line(
    "check",
    [lesson],
    [option("--reporter", word), option("--matrix"), option("--into", word)],
    [fc.constant(["--schedules", "1"])],
  ),
  line("list", [], [option("--lessons", word)]),
  line(
    "new",
    [fc.oneof(fc.constant("lesson"), word), word],
    [option("--in", fc.constantFrom("/proc", "/dev/null", "/nope/x"))],
    [option("--in", fc.constant("/dev/null"))],
  ),
  line("present", [lesson], []),
  line("stack", [fc.oneof(strategy, lesson)], [option("--in", word), option("--lesson", lesson)]),
  line("doctor", [], [store]),
  line("join", [word], []),
  line("help", [word], []),
  word.map((one) => [one]),
);

async function tried(
  words: readonly string[],
  state: string,
): Promise<{ code: number | null; fault: Omit<Fault, "words"> | null }> {
  const env = { RACELAB_STATE: state, RACELAB_LESSONS: "" };
  const { code, stdout: out, stderr: error } = await racelab(words, { env, cwd: state, mostMs: MOST_MS });
  const fault = (what: string) => ({ code, fault: { what, said: `${error}\n${out}`.slice(0, 600) } });
  if (code === null) return fault(`did not end in ${MOST_MS / 1000} s`);
  if (!documented.has(code)) return fault(`exit code ${code}`);
  if (/\n {4}at |mistake of its own|node:internal/.test(`${error}\n${out}`)) return fault("a stack trace");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(`${error}${out}`.replace(/\r\n/g, "")))
    return fault("a control character");
  const asksForJson = words.includes("--json") && words[0] !== "help";
  if (asksForJson && out !== "") {
    try {
      for (const one of out.trim().split("\n")) JSON.parse(one);
    } catch {
      return fault("broken JSON");
    }
  }
  if (code === 2 && error.trim() === "" && out.trim() === "") return fault("wrong use, and no word about it");
  return { code, fault: null };
}

/** Two at a time. */
export async function fuzzed(count: number, seed: number): Promise<Fuzzed> {
  const lines = fc.sample(commandLine, { numRuns: count, seed });
  const state = mkdtempSync(join(tmpdir(), "racelab-fuzz-"));
  const codes: { [code: string]: number } = {};
  const faults: Fault[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let words = lines[next++]; words; words = lines[next++]) {
      const { code, fault } = await tried(words, state);
      codes[`${code}`] = (codes[`${code}`] ?? 0) + 1;
      if (fault) faults.push({ words, ...fault });
    }
  };
  await Promise.all([work(), work()]);
  rmSync(state, { recursive: true, force: true });
  return { lines: lines.length, codes, faults };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { faults, ...rest } = await fuzzed(Number(process.argv[2] ?? 480), Number(process.argv[3] ?? 1));
  for (const { words, what, said } of faults)
    console.log(`${what}: racelab ${words.map((one) => JSON.stringify(one)).join(" ")}\n${said}\n`);
  console.log(JSON.stringify({ ...rest, faults: faults.length }));
  process.exitCode = faults.length > 0 ? 1 : 0;
}
