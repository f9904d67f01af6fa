/**
 * `checkLinearizable` over the 102 etcd logs of Porcupine's test data, whose verdicts are known, against an older version
 * of it, if one is given. Both search in the same order, so they must take the same steps.
 *
 *     git clone https://github.com/anishathalye/porcupine /tmp/porcupine
 *     git show eaa7181:src/checkers/linearizable.ts > src/checkers/older.ts      # imports nothing that is newer
 *     npx tsx test/bench/linearizable.bench.ts /tmp/porcupine [src/checkers/older.ts]
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Call, checkLinearizable, type Specification } from "../../src/checkers/linearizable.js";

type Input =
  | { readonly kind: "read" }
  | { readonly kind: "write"; readonly value: number }
  | { readonly kind: "cas"; readonly from: number; readonly to: number };
/** What a read saw, "nil" included; of a write or a compare-and-set "ok" or "fail". */
type Output = number | string;

const [folder, other] = process.argv.slice(2);
if (!folder) throw new Error("give the folder of a clone of anishathalye/porcupine");

let steps = 0;
const register: Specification<number | string, Input, Output> = {
  init: "nil",
  step(state, input, output) {
    steps++;
    if (input.kind === "read") return [output === null || output === state, state];
    if (input.kind === "write") return [true, input.value];
    const fits = output === null || (output === "ok") === (state === input.from);
    return [fits, state === input.from ? input.to : state];
  },
};

/** The calls of a log of Jepsen; the place of a line is its time. */
function callsOf(log: string): readonly Call<Input, Output>[] {
  const calls: { input: Input; output: Output | null; called: number; returned: number }[] = [];
  const open = new Map<string, number>();
  for (const [time, line] of log.split("\n").entries()) {
    const [, process = "", type, kind, value = ""] = /- (\d+)\s+:(\w+)\s+:(\w+)\s+(.*)$/.exec(line) ?? [];
    const [a = Number.NaN, b = Number.NaN] = (value.match(/\d+/g) ?? []).map(Number);
    if (type === "invoke") {
      const input: Input = kind === "read" ? { kind } : kind === "write" ? { kind, value: a } : { kind: "cas", from: a, to: b };
      open.set(process, calls.push({ input, output: null, called: time, returned: Number.POSITIVE_INFINITY }) - 1);
    } else if (type === "ok" || (type === "fail" && kind === "cas" && value.startsWith("["))) {
      const call = calls[open.get(process)!]!;
      Object.assign(call, { output: kind !== "read" ? type : value === "nil" ? "nil" : a, returned: time });
    }
  }
  return calls;
}

const tests = readFileSync(join(folder, "porcupine_test.go"), "utf8");
const right = new Map(
  [...tests.matchAll(/checkJepsen\(t, (\d+), (true|false)\)/g)].map(([, n, says]) => [Number(n), says === "true"]),
);
const numberOf = (file: string): number => Number(/\d+/.exec(file)?.[0]);
const logs = readdirSync(join(folder, "test_data/jepsen")).filter((file) => right.has(numberOf(file)));

function measure(name: string, check: typeof checkLinearizable): void {
  steps = 0;
  let [ms, wrong, unknown, slowest] = [0, 0, 0, { file: "", ms: 0 }];
  for (const file of logs) {
    const calls = callsOf(readFileSync(join(folder!, "test_data/jepsen", file), "utf8"));
    const start = performance.now();
    const { linearizable } = check(register, calls, 10_000_000);
    const took = performance.now() - start;
    ms += took;
    if (took > slowest.ms) slowest = { file, ms: took };
    if (linearizable === "unknown") unknown++;
    else if (linearizable !== right.get(numberOf(file))) wrong++;
  }
  const slow = `slowest ${slowest.file} ${Math.round(slowest.ms)} ms`;
  console.log(`${name}: ${logs.length} logs, ${wrong} wrong, ${unknown} unknown, ${steps} steps, ${Math.round(ms)} ms; ${slow}`);
}

const older = other === undefined ? null : ((await import(resolve(other))) as { checkLinearizable: typeof checkLinearizable });
for (let round = 1; round <= 3; round++) {
  measure("now  ", checkLinearizable);
  if (older) measure("older", older.checkLinearizable);
}
