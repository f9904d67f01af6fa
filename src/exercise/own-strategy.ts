/**
 * The protection in a learner's file, to be run in this very process: for commands that end by themselves, never for a
 * screen. First it is judged in a process of its own, so that one that never comes to an end is refused here.
 */
import { rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Impossible } from "../core/failure.js";
import type { Language } from "../core/lesson.js";
import type { Strategy } from "../core/strategy.js";
import { sourceName } from "../course/sources.js";
import { temporaryFolder } from "../course/temporary-folder.js";
import { bundle } from "./bundle.js";
import { verify } from "./verify.js";

export interface OwnStrategy {
  /** What it is called: the name of its file. */
  readonly id: string;
  readonly strategy: Strategy;
  readonly source: { readonly file: string; readonly text: string };
}

/** Throws `Impossible` with a sentence where the file holds no protection that can be run in this lesson. */
export async function ownStrategy(given: string, lesson: string, language: Language, signal: AbortSignal): Promise<OwnStrategy> {
  const file = resolve(given);
  const { text, problem } = await verify({ lesson, file, language }, undefined, signal);
  if (problem) throw new Impossible(`${given}${problem.line === null ? "" : `:${problem.line}`}: ${problem.sentence}`);
  const folder = temporaryFolder("own");
  try {
    const module = join(folder, "own.mjs");
    await bundle(file, text, module);
    // Stacks have to name the lines of the file, not of the bundle.
    process.setSourceMapsEnabled(true);
    const { default: strategy } = (await import(pathToFileURL(module).href)) as { default: Strategy };
    return { id: basename(file), strategy, source: { file: sourceName(file), text } };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
