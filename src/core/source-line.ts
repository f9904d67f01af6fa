/**
 * The line of a lesson, a strategy or an engineer's own code at which something happened, read from a stack: for call
 * sites, failed requests and authors' mistakes. Frames of racelab's other files are left out. With source maps on, some
 * frames name the TypeScript file and others the file that was built from it, so both are recognised here.
 */
interface SourceLine {
  readonly path: string;
  readonly line: number;
}

const root = pathOf(import.meta.url).replace(/(dist\/)?src\/core\/[^/]*$/, "");
/** Frames: deep enough for the code of a task. */
const DEPTH = 40;
const machinery = new RegExp(`^${root.replace(/[^\w/]/g, "\\$&")}(dist/)?src/(?!strategies/)`);

/** The source lines of a stack, innermost first. */
export const sourceLinesIn = (stack: string): readonly SourceLine[] =>
  framesIn(stack).filter(({ path }) => {
    // Racelab itself may be in a folder node_modules.
    const foreign = /(^|\/)node_modules\//.test(path.startsWith(root) ? path.slice(root.length) : path);
    return !foreign && !machinery.test(path);
  });

/** The files of racelab's own in a stack, innermost first, without `src/` and without extension: "simulator/run". */
export const ownFilesIn = (stack: string): readonly string[] =>
  framesIn(stack).flatMap(({ path }) => (machinery.test(path) ? path.replace(machinery, "").replace(/\.[jt]s$/, "") : []));

/** Names of folders may contain blanks and parentheses. */
const framesIn = (stack: string): readonly SourceLine[] =>
  stack.split("\n").flatMap((frame) => {
    const [, file, line] = /(?:\(|at |async )((?:file:\/)?\/.+|[A-Za-z]:[\\/].+):(\d+):\d+\)?$/.exec(frame) ?? [];
    return file && line ? [{ path: pathOf(file), line: Number(line) }] : [];
  });

/**
 * One `file:line` per file, innermost first: the lesson's and, where there is one, the strategy's. Read from the stack of
 * the caller, or from `stack`. To write a stack as text, with every frame looked up in its source map, costs 20 microseconds,
 * and a lesson asks from the same few places again and again: its positions alone say whether the answer is known.
 */
export function callSites(stack?: string): readonly string[] {
  if (stack !== undefined) return sitesIn(stack);
  const place = placeHere();
  const known = sitesOf.get(place);
  if (known) return known;
  const sites = sitesIn(stackHere());
  // Code that makes functions anew may come from ever other places.
  if (sitesOf.size >= 10_000) sitesOf.clear();
  sitesOf.set(place, sites);
  return sites;
}

const sitesOf = new Map<string, readonly string[]>();

function sitesIn(stack: string): readonly string[] {
  const sites = new Map<string, string>();
  for (const { path, line } of sourceLinesIn(stack)) if (!sites.has(path)) sites.set(path, `${path}:${line}`);
  return [...sites.values()];
}

/** Where the caller is, in words for a map: its frames without racelab's machinery, as V8 numbers them. */
function placeHere(): string {
  const { prepareStackTrace: usual, stackTraceLimit } = Error;
  Error.prepareStackTrace = placeOf;
  Error.stackTraceLimit = DEPTH;
  try {
    return new Error().stack as unknown as string;
  } finally {
    Error.prepareStackTrace = usual;
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function placeOf(_: Error, frames: readonly NodeJS.CallSite[]): string {
  let place = "";
  for (const frame of frames) {
    const file = frame.getScriptNameOrSourceURL() ?? "";
    if (isMachinery(file)) continue;
    place += `${file}:${frame.getLineNumber()}:${frame.getColumnNumber()} `;
  }
  return place;
}

const machines = new Map<string, boolean>();
function isMachinery(file: string): boolean {
  const known = machines.get(file);
  if (known !== undefined) return known;
  const answer = file.startsWith("node:") || machinery.test(pathOf(file));
  machines.set(file, answer);
  return answer;
}

/** The stack of the caller, deep enough for the code of a task. */
export function stackHere(): string {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = DEPTH;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = limit;
  return stack;
}

/** `file:line` where the error was thrown; null: no frame is of a lesson, a strategy or an engineer's own code. */
export function sourceLineOf(error: unknown): string | null {
  const [place] = sourceLinesIn(error instanceof Error ? (error.stack ?? "") : "");
  return place ? `${place.path}:${place.line}` : null;
}

/** A path relative to `folder`, if it is below it; otherwise unchanged. */
export const seenFrom = (folder: string, path: string): string =>
  path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;

function pathOf(file: string): string {
  return file.startsWith("file:") ? decodeURIComponent(file.replace(/^file:\/\//, "")) : file;
}
