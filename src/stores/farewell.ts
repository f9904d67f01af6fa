import { setTimeout as pause } from "node:timers/promises";

/** Milliseconds that a connection may take to be closed in order. */
const FAREWELL_MS = 1000;

/** Waits for the other side to say goodbye, but not for long: it may have gone. */
export async function farewell(goodbye: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  await Promise.race([goodbye.catch(() => {}), pause(FAREWELL_MS, undefined, { signal: over.signal }).catch(() => {})]);
  over.abort();
}
