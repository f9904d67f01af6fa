/** A learner's file for tests: saved by calling `save`, judged by the real judge in this process. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Strategy } from "../../src/core/strategy.js";
import { FAILING } from "../../src/exercise/exercises.js";
import { judge } from "../../src/exercise/judge.js";
import type { Exercises, FileVersion, SizeResult, Try, Verification } from "../../src/report/judgement.js";
import { nothingPrinted } from "../../src/report/judgement.js";
import { summaryOf } from "../../src/saved/progress.js";

const folder = new URL("../../lessons/01-lost-update/exercise/", import.meta.url);
/** The versions of the file: the start, the solution and the wrong answers of the lesson. */
export type Version = "start" | "solution" | `wrong/${string}`;
const name = "racelab/lost-update.ts";

export interface Exercising extends Exercises {
  save(version: Version): void;
  /** Stops checks from going on. The function that it returns lets them go on. */
  hold(): () => void;
  readonly kept: readonly string[];
}

/** The same data with each path that ends so replaced by the path of the learner's file. */
function asIn<T>(name: string, ends: string, given: T): T {
  if (Array.isArray(given)) return given.map((each) => asIn(name, ends, each)) as T;
  if (typeof given === "string") return (given.endsWith(`/${ends}`) ? name : given) as T;
  if (typeof given !== "object" || given === null) return given;
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, asIn(name, ends, value)])) as T;
}

const judgements = new Map<Version, Promise<Verification>>();
let last: Promise<unknown> = Promise.resolve();

export function exercising(first: Version = "start"): Exercising {
  let now = first;
  let saves = 0;
  let held: Promise<void> = Promise.resolve();
  let tell: (seen: FileVersion) => void = () => {};
  const kept: string[] = [];
  const tries: Try[] = [];
  const texts: string[] = [];
  const textOf = (version: Version): string => readFileSync(new URL(`${version}.ts`, folder), "utf8");
  /** Two minutes past two, local time. */
  const clock = (minutes: number): string => new Date(2026, 0, 5, 14, 2 + minutes, 31).toISOString();
  const seen = (): FileVersion => ({
    name,
    path: `/work/${name}`,
    text: textOf(now),
    saves,
    savedAt: saves === 0 ? null : clock(saves),
  });

  async function judged(version: Version, on: (results: readonly SizeResult[]) => void): Promise<Verification> {
    const file = fileURLToPath(new URL(`${version}.ts`, folder));
    const { default: strategy } = (await import(file)) as { default: Strategy };
    const results: SizeResult[] = [];
    const onResult = (result: SizeResult): void => {
      results.push(result);
      on([...results]);
    };
    const judgement = await judge({
      lesson: "lost-update",
      file,
      strategy,
      language: "en",
      onResult,
      failing: FAILING,
    });
    return {
      ...asIn(name, `${version}.ts`, judgement),
      lesson: "lost-update",
      file,
      text: textOf(version),
      printed: nothingPrinted,
      ms: 20,
    };
  }

  return {
    kept,
    save(version) {
      now = version;
      saves++;
      tell(seen());
    },
    hold() {
      let release = (): void => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
    watch(_, on, signal) {
      tell = on;
      queueMicrotask(() => on(seen()));
      return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true }));
    },
    async check(_, { text, saves, savedAt }, on, signal) {
      const version = now;
      const stopped = new Promise<never>((_, reject) =>
        signal.addEventListener("abort", () => reject(new Error("stopped")), { once: true }),
      );
      stopped.catch(() => {});
      // One check after the other: the test of a task's determinism is one for a process.
      const known = judgements.get(version) ?? last.then(() => judged(version, on));
      judgements.set(version, known);
      last = known;
      const result = await Promise.race([held.then(() => known), stopped]);
      const before = texts.findLast((one) => one !== text) ?? null;
      texts.push(text ?? "");
      if (saves > 0) {
        const { verdict, failure, overProtected, results } = result;
        const failed = results.find(({ status }) => status === "violated");
        tries.push({
          at: savedAt ?? "",
          verdict,
          summary: summaryOf(result as never),
          schedules: failed?.schedules?.toString() ?? null,
          violating: failed?.violating?.toString() ?? null,
          steps: failure?.view.steps.length ?? null,
          overProtected: Boolean(overProtected?.length),
        });
      }
      return { judged: result, before, tries: [...tries], notices: [] };
    },
    async reset() {
      kept.push(textOf(now));
      this.save("start");
    },
  };
}
