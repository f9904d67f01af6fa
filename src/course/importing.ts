/** Imports a module that an author or a learner has written. */
import { setTimeout as delay } from "node:timers/promises";
import { pathToFileURL } from "node:url";

/** Milliseconds in which a file has to be loaded. A loop is ended by the process around this one; an `await` waits in peace. */
const LOAD_MS = 10_000;

let loading = 0;
/** Is a file being loaded? Loading cannot be called off, so a command that is asked to stop meanwhile leaves. */
export const isLoading = (): boolean => loading > 0;

export async function imported(path: string): Promise<{ readonly [name: string]: unknown }> {
  loading++;
  const over = new AbortController();
  const late = delay(LOAD_MS, null, { signal: over.signal }).then(() => {
    throw new Error(`An await outside of functions is without an answer after ${LOAD_MS / 1000} s`);
  });
  late.catch(() => {});
  try {
    return (await Promise.race([import(pathToFileURL(path).href), late])) as { readonly [name: string]: unknown };
  } finally {
    over.abort();
    loading--;
  }
}
