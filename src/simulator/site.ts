/**
 * Where in the lesson's and the strategy's TypeScript an operation was asked for: read off the stack while
 * `perform` is being called. Costs some 20 microseconds, so it is done once per node and never in a search.
 */
const own = import.meta.url.replace(/simulator\/[^/]*$/, "");
const machinery = [`${own}core/`, `${own}simulator/`];

/** One `file:line` per file, innermost first: the lesson's and, where there is one, the strategy's. */
export function callSites(): readonly string[] {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 40;
  const stack = new Error().stack ?? "";
  Error.stackTraceLimit = limit;
  const sites = new Map<string, string>();
  for (const line of stack.split("\n")) {
    const [, file, row] = /\(?([^\s()]+):(\d+):\d+\)?$/.exec(line) ?? [];
    if (!file || !row || /^node:|\/node_modules\//.test(file)) continue;
    const url = file.startsWith("/") ? `file://${file}` : file;
    const path = url.replace(/^file:\/\//, "");
    if (machinery.some((part) => url.startsWith(part)) || sites.has(path)) continue;
    sites.set(path, `${path}:${row}`);
  }
  return [...sites.values()];
}

/** What a task may reach for although it is no operation, and what to use instead. */
const foreign: { readonly [name: string]: string } = {
  setTimeout: "session.sleep(ms)",
  setInterval: "session.sleep(ms) in a loop",
  setImmediate: "session.sleep(0)",
  fetch: "session.call(service, request)",
};

/** Runs `body` with traps under the foreign functions; says which one was called, and where. */
export async function trapForeign(body: () => Promise<void>): Promise<{ name: string; at: string; instead: string } | null> {
  let caught: { name: string; at: string; instead: string } | null = null;
  const world = globalThis as unknown as Record<string, (...args: unknown[]) => unknown>;
  const originals = Object.keys(foreign).map((name) => [name, world[name]] as const);
  for (const [name, original] of originals)
    world[name] = (...args: unknown[]) => {
      const at = callSites()[0];
      if (at) caught ??= { name, at, instead: foreign[name]! };
      return original?.(...args);
    };
  try {
    await body();
  } finally {
    for (const [name, original] of originals) if (original) world[name] = original;
  }
  return caught;
}
