/**
 * The strategy in a learner's file, to be run in this process: for commands that end by themselves, never for a screen. It is
 * judged first in a process of its own, so that a strategy that never ends is refused.
 */
import { rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Impossible } from "../core/failure.js";
import type { Language } from "../core/language.js";
import type { Strategy } from "../core/strategy.js";
import { imported } from "../course/importing.js";
import { sourceName } from "../course/sources.js";
import { temporaryFolder } from "../files/temporary-folder.js";
import { bundle } from "./bundle.js";
import { verify } from "./verify.js";

export interface OwnStrategy {
  /** The name of its file. */
  readonly id: string;
  readonly strategy: Strategy;
  readonly source: { readonly file: string; readonly text: string };
}

/** Throws `Impossible` with a sentence if the file has no strategy that can be run in this lesson. */
export async function ownStrategy(given: string, lesson: string, language: Language, signal: AbortSignal): Promise<OwnStrategy> {
  const file = resolve(given);
  const { text, problem } = await verify({ lesson, file, language }, undefined, signal);
  if (problem) throw new Impossible(`${given}${problem.line === null ? "" : `:${problem.line}`}: ${problem.sentence}`);
  const folder = temporaryFolder("own");
  try {
    const module = join(folder, "own.mjs");
    await bundle(file, text, module);
    // So that stacks name lines of the file, and not of the bundle.
    process.setSourceMapsEnabled(true);
    const { default: strategy } = await imported(module).catch((error: unknown) => {
      throw new Impossible(`${given}: it cannot be loaded. ${error}`);
    });
    // It has been judged, but may be something else where nobody judges.
    if (typeof (strategy as Partial<Strategy> | undefined)?.run !== "function")
      throw new Impossible(`${given}: it is no strategy here, although it was one when it was judged`);
    return { id: basename(file), strategy: strategy as Strategy, source: { file: sourceName(file), text } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
