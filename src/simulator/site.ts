/** What a lesson's code reaches for behind the back of `perform`, caught while it runs. */
import { callSites } from "../core/source-line.js";

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
