/** Collects what is said in one turn of the event loop and says it in one message: a message costs more than an operation. */
export function batch<T>(post: (items: readonly T[]) => void): (item: T) => void {
  const { add } = collect(post, (say) => void setImmediate(say));
  return add;
}

/**
 * Collects what nobody waits for, for up to so many milliseconds: on a real database a turn of the event loop brings
 * one reply, and a message for each took a fifth of a thread's time. What a thread that dies had collected is lost.
 */
export function slowBatch<T>(ms: number, post: (items: readonly T[]) => void): { add(item: T): void; flush(): void } {
  return collect(post, (say) => void setTimeout(say, ms));
}

function collect<T>(post: (items: readonly T[]) => void, later: (say: () => void) => void) {
  let items: T[] = [];
  const flush = () => {
    const full = items;
    items = [];
    if (full.length > 0) post(full);
  };
  return {
    add(item: T) {
      if (items.push(item) === 1) later(flush);
    },
    flush,
  };
}
