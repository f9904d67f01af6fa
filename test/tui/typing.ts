/** Whoever listens types the next line when all has been said. */

/** Milliseconds without a word that are a silence. */
const SILENCE_MS = 150;

/**
 * Gives each line when nothing was said for a while, and adds it to what was said. A while in which this process got no turn,
 * on a busy machine, is no silence.
 */
export async function* typing(lines: readonly string[], said: string[]): AsyncGenerator<string, void, undefined> {
  for (const line of lines) {
    const isSearching = () => /search/.test(said.slice(-2).join(" "));
    let isLate = true;
    for (let heard = -1; heard !== said.length || isLate || isSearching(); ) {
      heard = said.length;
      const began = performance.now();
      await new Promise((wake) => setTimeout(wake, SILENCE_MS));
      isLate = performance.now() - began > 2 * SILENCE_MS;
    }
    said.push(`> ${line}`);
    yield line;
  }
}
