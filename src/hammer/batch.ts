/** Collects the items of one turn of the event loop and posts them in one message: a message costs more than an operation. */
interface Batch<T> {
  add(item: T): void;
  /**
   * Nobody but its receiver waits for it: it is posted after what others wait for. Posting wakes a thread, which costs the
   * sender up to 50 microseconds, and on a contended row everybody would wait for that.
   */
  addLater(item: T): void;
}

export function batch<T>(post: (items: readonly T[]) => void): Batch<T> {
  let items: T[] = [];
  let isSoon = false;
  const flush = () => {
    isSoon = false;
    if (items.length === 0) return;
    const full = items;
    items = [];
    post(full);
  };
  return {
    add(item) {
      items.push(item);
      if (isSoon) return;
      isSoon = true;
      process.nextTick(flush);
    },
    addLater(item) {
      if (items.push(item) === 1) setImmediate(flush);
    },
  };
}
