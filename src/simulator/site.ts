/** Finds the timer or `fetch` that a task awaits although it is no operation of its session. */
import { callSites } from "../core/source-line.js";

/** Global functions that a task may call by mistake, and what to use instead. */
const foreign: { readonly [name: string]: string } = {
  setTimeout: "session.sleep(ms)",
  setInterval: "session.sleep(ms) in a loop",
  setImmediate: "session.sleep(0)",
  fetch: "session.call(service, request)",
};

/** Runs `body` while these functions are replaced by traps; says which one was called, and where. Null: none. */
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
