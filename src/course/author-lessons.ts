/**
 * Lessons in folders of their authors' own, as TypeScript. The main thread compiles a lesson when it is first opened, into a
 * temporary folder that is removed when the program ends; threads get the place through `setEnvironmentData` and start no
 * compiler. Nothing is written into the author's folder, and source maps lead back to the author's lines.
 *
 * esbuild and not tsx's hooks: those cost every thread 130 to 180 ms and read the author's `tsconfig.json`. A learner
 * without such lessons never loads esbuild.
 *
 * What is wrong with a lesson is found when it is opened, as a `LessonFault`: one sentence with file and line. The shape is
 * checked by hand (`lesson-shape.ts`), because half of it is functions and the sentences are the point.
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { getEnvironmentData, setEnvironmentData } from "node:worker_threads";
import type { BuildFailure } from "esbuild";
import { LessonFault, messageOf, StoreError } from "../core/failure.js";
import type { Text } from "../core/language.js";
import type { Lesson } from "../core/lesson.js";
import { seenFrom, sourceLinesIn } from "../core/source-line.js";
import { runWork, type Strategy } from "../core/strategy.js";
import { suggest } from "../core/suggest.js";
import { temporaryFolder, writeTemporary } from "../files/temporary-folder.js";
import { model } from "../model/model.js";
// Not by the simulator's index: the explorer would be a tenth of the start of every command on such lessons.
import { macrotask } from "../simulator/drain.js";
import { alone } from "../simulator/run.js";
import { bundleSettings, racelabIndex } from "./bundling.js";
import { imported } from "./importing.js";
import { faultOf, field, lineOf, quoted, type ShapeFault, strategyFault } from "./lesson-shape.js";

/** A compiled lesson. */
interface Compiled {
  /** Of the JavaScript. */
  readonly folder: string;
  /** Why the exercise cannot be compiled; the lesson itself runs all the same. Null: it is compiled. */
  readonly exerciseFault: string | null;
}

/** The key of the environment data that a thread gets: compiled lessons by their folders. */
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

/** For all compiled lessons of the program; null: nothing is compiled yet. */
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
    // In one build, so that a file which both import is one module.
    await transpile(folder, [...lesson, ...exercise], out);
  } catch (error) {
    if (!(error instanceof LessonFault)) throw error;
    await transpile(folder, lesson, out);
    exerciseFault = messageOf(error);
  }
  const result: Compiled = { folder: out, exerciseFault };
  const known = getEnvironmentData(COMPILED) as unknown as ReadonlyMap<string, Compiled> | undefined;
  setEnvironmentData(COMPILED, new Map([...(known ?? []), [folder, result]]) as never);
  return result;
}

async function transpile(folder: string, files: readonly string[], outdir: string): Promise<void> {
  // Loaded here, so that a learner without such lessons does not wait for it.
  const { build } = await import("esbuild");
  const entryPoints = files.map((file) => join(folder, file));
  try {
    const { outputFiles } = await build({
      ...bundleSettings(racelabIndex),
      splitting: true,
      sourcemap: true,
      outExtension: { ".js": ".mjs" },
      absWorkingDir: folder,
      entryPoints,
      outbase: folder,
      outdir,
    });
    writeTemporary(outputFiles);
  } catch (error) {
    const [first] = (error as BuildFailure).errors ?? [];
    if (!first) throw error;
    const advice = /^Could not resolve/.test(first.text) ? '. A lesson imports from "racelab" and from files of its own' : "";
    const at = first.location ? `${shown(resolve(folder, first.location.file))}:${first.location.line}` : shown(folder);
    throw new LessonFault(`${at}: ${first.text}${advice}`);
  }
}

/** Imports one compiled file. An error is a `LessonFault` with the author's line. */
async function open(folder: string, out: string, name: string): Promise<{ readonly [name: string]: unknown }> {
  try {
    return await imported(join(out, `${name}.mjs`));
  } catch (error) {
    const [, missing] = /does not provide an export named '([^']+)'/.exec(messageOf(error)) ?? [];
    if (missing) throw await unknownExport(folder, missing);
    const at = authorsLine(error, folder) ?? sourceOf(folder, name).path;
    throw new LessonFault(`${at}: it cannot be loaded. ${String(error)}`);
  }
}

/** An import of a name that racelab does not export. Node's error does not name the importing file, so it is searched for. */
async function unknownExport(folder: string, missing: string): Promise<LessonFault> {
  const word = new RegExp(`\\b${missing.replace("$", "\\$")}\\b`);
  const at = sourcesIn(folder)
    .map((file) => sourceOf(folder, file.replace(/\.[jt]s$/, "")))
    .flatMap(({ path, text }) => (word.test(text) ? [`${path}:${lineOf(text, [word])}`] : []));
  const known = Object.keys((await import(racelabIndex)) as object);
  return new LessonFault(`${at[0] ?? shown(folder)}: "racelab" exports no ${missing}; ${suggest(missing, known)}`);
}

/** The path of the JavaScript of a lesson. */
export const compiledLesson = async (folder: string): Promise<string> => join((await compiled(folder)).folder, "lesson.mjs");

/** An author's lesson with its shape checked, so that the rest of racelab can rely on it. */
export async function loadAuthorLesson(folder: string, strategies: readonly string[]): Promise<Lesson<Text>> {
  const { folder: out } = await compiled(folder);
  const { default: lesson } = await open(folder, out, "lesson");
  const fault = faultOf(lesson, strategies);
  if (fault) throw faultWithLine(folder, "lesson", fault);
  const mistake = await mistakeAlone(lesson as Lesson<Text>);
  if (mistake) throw faultWithLine(folder, "lesson", mistake);
  return lesson as Lesson<Text>;
}

/**
 * A rule that throws although it runs alone: a mistake of its author in every schedule. Without this check each request
 * would end before it writes, and every property would hold. An error of the store is no mistake of the author. Null: none.
 */
async function mistakeAlone(lesson: Lesson<Text>): Promise<ShapeFault | null> {
  const { rows, tables, tasks } = lesson.scenario(lesson.size);
  for (const work of new Set(tasks)) {
    let mistake: ShapeFault | null = null;
    const thrown = (error: unknown) => {
      if (!(error instanceof StoreError))
        mistake = { says: `task "${work.name}" throws ${error}, with nobody else there`, error };
    };
    await alone((session) => runWork(work, session), model(rows, tables), macrotask, thrown);
    if (mistake) return mistake;
  }
  return null;
}

/** A file of a lesson's exercise, by its path below the lesson's folder, without its ending. */
export async function loadAuthorStrategy(
  folder: string,
  name: string,
): Promise<{ readonly default: Strategy; readonly misconception?: string; readonly breaks?: string }> {
  const { folder: out, exerciseFault } = await compiled(folder);
  if (exerciseFault) throw new LessonFault(exerciseFault);
  if (!existsSync(join(out, `${name}.mjs`))) throw new LessonFault(`${shown(join(folder, `${name}.ts`))} is missing`);
  const module = await open(folder, out, name);
  const fault = strategyFault(module["default"], "the default export", [/export default/]);
  if (fault) throw faultWithLine(folder, name, fault);
  return module as { default: Strategy };
}

/** What is wrong with an answer of a property, at the line of its name. */
export const propertyFault = (folder: string, property: string, says: string): LessonFault =>
  faultWithLine(folder, "lesson", { says, near: [quoted(property), field("properties")] });

/** The fault as one sentence: where, what, and what to do. */
function faultWithLine(folder: string, name: string, { says, near = [], error }: ShapeFault): LessonFault {
  const { path, text } = sourceOf(folder, name);
  const at = (error === undefined ? null : authorsLine(error, folder)) ?? `${path}:${lineOf(text, [...near, /export default/])}`;
  return new LessonFault(`${at}: ${says}`);
}

/** The `file:line` in this folder, or in a file that it imports, where an error was thrown; null: it was thrown elsewhere. */
function authorsLine(error: unknown, folder: string): string | null {
  const places = sourceLinesIn(error instanceof Error ? (error.stack ?? "") : "");
  const place = places.find(({ path }) => path.startsWith(folder)) ?? places[0];
  return place ? `${shown(place.path)}:${place.line}` : null;
}

/** TypeScript and JavaScript below a folder, without declaration files and packages. */
const sourcesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.[jt]s$/.test(file) && !/\.d\.ts$|(^|[\\/])node_modules[\\/]/.test(file))
    .sort();

function sourceOf(folder: string, name: string) {
  const file = ["ts", "js"].map((ending) => join(folder, `${name}.${ending}`)).find((path) => existsSync(path));
  const path = file ?? join(folder, `${name}.ts`);
  return { path: shown(path), text: file ? readFileSync(file, "utf8") : "" };
}

const shown = (path: string): string => seenFrom(process.cwd(), path);
