/** Collects the items of one turn of the event loop and posts them in one message: a message costs more than an operation. */
export function batch<T>(post: (items: readonly T[]) => void): (item: T) => void {
  let items: T[] = [];
  const flush = () => {
    const full = items;
    items = [];
    post(full);
  };
  return (item) => {
    if (items.push(item) === 1) setImmediate(flush);
  };
}
