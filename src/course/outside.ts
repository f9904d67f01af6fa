/**
 * Lessons from outside: a folder of somebody's own, TypeScript as it was written. The main thread compiles
 * a lesson when it is first opened, into a temporary folder that dies with the program, and tells every
 * thread that it starts where that is. `racelab` in it means the program that runs: one `StoreError`, not two.
 * Nothing is written into the author's folder, and source maps lead back to the author's lines.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import type { BuildFailure, BuildOptions, Plugin } from "esbuild";
import { LessonFault, messageOf, StoreError } from "../core/failure.js";
import type { Lesson, Text } from "../core/lesson.js";
import { seenFrom, sourceLinesIn } from "../core/source-line.js";
import type { Strategy } from "../core/strategy.js";
import { suggest } from "../core/suggest.js";
import { model } from "../model/model.js";
import { alone, macrotask } from "../simulator/index.js";
import { faultOf, type ShapeFault, strategyFault } from "./lesson-shape.js";
import { temporaryFolder } from "./temporary.js";

/** Where the JavaScript of one lesson is. A fault in the exercise does not keep the lesson itself from running. */
interface Compiled {
  readonly folder: string;
  readonly exerciseFault: string | null;
}

/** What a thread is told by the one that started it: the compiled lessons by their folders. */
const COMPILED = "racelab: compiled lessons";
const compiling = new Map<string, Promise<Compiled>>();

function compiled(folder: string): Promise<Compiled> {
  const known = getEnvironmentData(COMPILED) as unknown as ReadonlyMap<string, Compiled> | undefined;
  const done = known?.get(folder);
  if (done) return Promise.resolve(done);
  const begun = compiling.get(folder) ?? compile(folder);
  compiling.set(folder, begun);
  return begun;
}

/** One folder for the whole program, gone when it ends. */
let temporary: string | null = null;

function compiledFolder(): string {
  const folder = temporaryFolder("lessons");
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function compile(folder: string): Promise<Compiled> {
  const lesson = sourcesIn(folder).filter((file) => /^lesson\.[jt]s$/.test(file));
  if (lesson.length === 0) throw new LessonFault(`${shown(folder)} has no lesson.ts: racelab new lesson writes a whole one`);
  const exercise = sourcesIn(folder).filter((file) => /^exercise[\\/]/.test(file));
  temporary ??= compiledFolder();
  const out = join(temporary, String(compiling.size));
  let exerciseFault: string | null = null;
  try {
    // Together, so that what the lesson and its exercise share is one module for both.
    await transpile(folder, [...lesson, ...exercise], out);
  } catch (error) {
    await transpile(folder, lesson, out);
    exerciseFault = messageOf(error);
  }
  const result: Compiled = { folder: out, exerciseFault };
  const known = getEnvironmentData(COMPILED) as unknown as ReadonlyMap<string, Compiled> | undefined;
  setEnvironmentData(COMPILED, new Map([...(known ?? []), [folder, result]]) as never);
  return result;
}

const RACELAB = new URL(`../api/index${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url).href;

const racelab: Plugin = {
  name: "racelab is the program that runs",
  setup: ({ onResolve }) => onResolve({ filter: /^racelab$/ }, () => ({ path: RACELAB, external: true })),
};

const settings = {
  bundle: true,
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  outExtension: { ".js": ".mjs" },
  sourcemap: true,
  sourcesContent: false,
  // The author's tsconfig.json is for the editor; it does not change what runs.
  tsconfigRaw: {},
  logLevel: "silent",
  plugins: [racelab],
} satisfies BuildOptions;

/** Loaded here and nowhere else: who has no lessons from outside does not wait for it. */
async function transpile(folder: string, files: readonly string[], outdir: string): Promise<void> {
  const { build } = await import("esbuild");
  const entryPoints = files.map((file) => join(folder, file));
  try {
    await build({ ...settings, absWorkingDir: folder, entryPoints, outbase: folder, outdir });
  } catch (error) {
    const [first] = (error as BuildFailure).errors ?? [];
    if (!first) throw error;
    const advice = /^Could not resolve/.test(first.text) ? '. A lesson imports from "racelab" and from files of its own' : "";
    const at = first.location ? `${shown(resolve(folder, first.location.file))}:${first.location.line}` : shown(folder);
    throw new LessonFault(`${at}: ${first.text}${advice}`);
  }
}

/** Imports one compiled file; whatever goes wrong is said of the author's line. */
async function open(folder: string, out: string, name: string): Promise<{ readonly [name: string]: unknown }> {
  try {
    return await import(pathToFileURL(join(out, `${name}.mjs`)).href);
  } catch (error) {
    const [, missing] = /does not provide an export named '([^']+)'/.exec(messageOf(error)) ?? [];
    if (missing) throw await unknownExport(folder, missing);
    const at = authorsLine(error, folder) ?? sourceOf(folder, name).path;
    throw new LessonFault(`${at}: it cannot be loaded. ${String(error)}`);
  }
}

/** An import of something that racelab does not have: Node names the module that was asked, not the one that asks. */
async function unknownExport(folder: string, missing: string): Promise<LessonFault> {
  const word = new RegExp(`\\b${missing.replace("$", "\\$")}\\b`);
  const at = sourcesIn(folder)
    .map((file) => sourceOf(folder, file.replace(/\.[jt]s$/, "")))
    .flatMap(({ path, text }) => (word.test(text) ? [`${path}:${lineOf(text, [word])}`] : []));
  const known = Object.keys((await import(RACELAB)) as object);
  return new LessonFault(`${at[0] ?? shown(folder)}: "racelab" exports no ${missing}; ${suggest(missing, known)}`);
}

/** A lesson from outside, its shape looked over, so that no part of racelab has to wonder. */
export async function loadOutside(folder: string, strategies: readonly string[]): Promise<Lesson<Text>> {
  const { folder: out } = await compiled(folder);
  const { default: lesson } = await open(folder, out, "lesson");
  const fault = faultOf(lesson, strategies);
  if (fault) throw said(folder, "lesson", fault);
  const mistake = await mistakeAlone(lesson as Lesson<Text>);
  if (mistake) throw said(folder, "lesson", mistake);
  return lesson as Lesson<Text>;
}

/**
 * A rule that throws with nobody else there: a mistake of its author, whatever the schedule. Unseen, each
 * request would end at once without a write, and every property would hold. What the store refuses is no mistake.
 */
async function mistakeAlone(lesson: Lesson<Text>): Promise<ShapeFault | null> {
  const { rows, tables, tasks } = lesson.scenario(lesson.size);
  for (const work of new Set(tasks)) {
    let mistake: ShapeFault | null = null;
    const thrown = (error: unknown) => {
      if (!(error instanceof StoreError))
        mistake = { says: `task "${work.name}" throws ${error}, with nobody else there`, error };
    };
    await alone((session) => work.body(session), model(rows, tables), macrotask, thrown);
    if (mistake) return mistake;
  }
  return null;
}

/** One file of a lesson's exercise, by its path without an ending. */
export async function loadOutsideStrategy(
  folder: string,
  name: string,
): Promise<{ readonly default: Strategy; readonly misconception?: string; readonly breaks?: string }> {
  const { folder: out, exerciseFault } = await compiled(folder);
  if (exerciseFault) throw new LessonFault(exerciseFault);
  if (!existsSync(join(out, `${name}.mjs`))) throw new LessonFault(`${shown(join(folder, `${name}.ts`))} is missing`);
  const module = await open(folder, out, name);
  const fault = strategyFault(module["default"], "the default export", [/export default/]);
  if (fault) throw said(folder, name, fault);
  return module as { default: Strategy };
}

/** The same sentence for everybody: where, what, and what to do. */
function said(folder: string, name: string, { says, near = [], error }: ShapeFault): LessonFault {
  const { path, text } = sourceOf(folder, name);
  const at = (error === undefined ? null : authorsLine(error, folder)) ?? `${path}:${lineOf(text, [...near, /export default/])}`;
  return new LessonFault(`${at}: ${says}`);
}

/** Where in this folder, or in what it imports, an error was thrown. */
function authorsLine(error: unknown, folder: string): string | null {
  const places = sourceLinesIn(error instanceof Error ? (error.stack ?? "") : "");
  const place = places.find(({ path }) => path.startsWith(folder)) ?? places[0];
  return place ? `${shown(place.path)}:${place.line}` : null;
}

/** TypeScript and JavaScript below a folder, but nothing that is only types. */
const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.[jt]s$/.test(file) && !/\.d\.ts$|(^|[\\/])node_modules[\\/]/.test(file))
    .sort();

function sourceOf(folder: string, name: string) {
  const file = ["ts", "js"].map((ending) => join(folder, `${name}.${ending}`)).find((path) => existsSync(path));
  const path = file ?? join(folder, `${name}.ts`);
  return { path: shown(path), text: file ? readFileSync(file, "utf8") : "" };
}

/** The first line in which the first of these is found that is found at all. */
function lineOf(text: string, near: readonly RegExp[]): number {
  const lines = text.split("\n");
  for (const one of near) {
    const index = lines.findIndex((line) => one.test(line));
    if (index >= 0) return index + 1;
  }
  return 1;
}

const shown = (path: string): string => seenFrom(process.cwd(), path);
