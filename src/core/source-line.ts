/**
 * Where in the source that people read something happened, read off a stack. Racelab's own machinery is left
 * out; its strategies and lessons are not, because those are what people read. With source maps on, some
 * frames name the TypeScript and others what was built of it, so both are known here.
 */
interface SourceLine {
  readonly path: string;
  readonly line: number;
}

const root = pathOf(import.meta.url).replace(/(dist\/)?src\/core\/[^/]*$/, "");
const machinery = new RegExp(`^${root.replace(/[^\w/]/g, "\\$&")}(dist/)?src/(?!strategies/)`);

/** Innermost first. Folders may have blanks and parentheses in their names. */
export function sourceLinesIn(stack: string): readonly SourceLine[] {
  return stack.split("\n").flatMap((frame) => {
    const [, file, line] = /(?:\(|at |async )((?:file:\/)?\/.+|[A-Za-z]:[\\/].+):(\d+):\d+\)?$/.exec(frame) ?? [];
    if (!file || !line) return [];
    const path = pathOf(file);
    // Racelab itself may lie in somebody's node_modules.
    const foreign = /(^|\/)node_modules\//.test(path.startsWith(root) ? path.slice(root.length) : path);
    return foreign || machinery.test(path) ? [] : [{ path, line: Number(line) }];
  });
}

/**
 * One `file:line` per file, innermost first: the lesson's and, where there is one, the strategy's. Read off the stack of
 * whoever calls this; costs some 20 microseconds.
 */
export function callSites(): readonly string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = limit;
  const sites = new Map<string, string>();
  for (const { path, line } of sourceLinesIn(stack)) if (!sites.has(path)) sites.set(path, `${path}:${line}`);
  return [...sites.values()];
}

/** `file:line` where it was thrown; null where no frame is of a lesson, a strategy or somebody's own code. */
export function sourceLineOf(error: unknown): string | null {
  const [place] = sourceLinesIn(error instanceof Error ? (error.stack ?? "") : "");
  return place ? `${place.path}:${place.line}` : null;
}

/** A path as a person who stands in `folder` would write it. */
export const seenFrom = (folder: string, path: string): string =>
  path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;

function pathOf(file: string): string {
  return file.startsWith("file:") ? decodeURIComponent(file.replace(/^file:\/\//, "")) : file;
}
