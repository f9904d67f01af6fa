/**
 * Searches that several askers share, by key. A search is stopped when all who wait for it have gone, and is forgotten at
 * that moment: it notices the stop some time later, and until then it would answer the next question with half a result.
 */
import type { SearchWatch } from "./explore.js";

interface SharedSearch<T> {
  readonly answer: Promise<T>;
  readonly stopping: AbortController;
  readonly waiting: Set<SearchWatch>;
}

export class SharedSearches<T> {
  readonly #searches = new Map<string, SharedSearch<T>>();

  /** `kept`: so many searches are remembered, those asked for last. */
  constructor(readonly kept: number) {}

  /** The answer of the search with this key, which begins if there is none. Rejects when the asker's signal is aborted. */
  async ask(key: string, asker: SearchWatch, begin: (watching: SearchWatch) => Promise<T>): Promise<T> {
    asker.signal?.throwIfAborted();
    const search = this.#searches.get(key) ?? this.#begun(begin);
    this.#searches.delete(key);
    this.#searches.set(key, search);
    for (const old of [...this.#searches.keys()].slice(0, -this.kept)) this.#searches.delete(old);
    const forget = () => this.#searches.get(key) === search && this.#searches.delete(key);
    const leave = () => {
      search.waiting.delete(asker);
      if (search.waiting.size > 0) return;
      search.stopping.abort();
      forget();
    };
    search.waiting.add(asker);
    asker.signal?.addEventListener("abort", leave, { once: true });
    try {
      const found = await search.answer;
      asker.signal?.throwIfAborted();
      return found;
    } catch (error) {
      if (!asker.signal?.aborted) forget();
      throw error;
    } finally {
      asker.signal?.removeEventListener("abort", leave);
      search.waiting.delete(asker);
    }
  }

  #begun(begin: (watching: SearchWatch) => Promise<T>): SharedSearch<T> {
    const stopping = new AbortController();
    const waiting = new Set<SearchWatch>();
    const answer = begin({
      signal: stopping.signal,
      onProgress: (progress) => {
        for (const { onProgress } of waiting) onProgress?.(progress);
      },
    });
    return { answer, stopping, waiting };
  }
}
