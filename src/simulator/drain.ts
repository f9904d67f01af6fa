/** The end of what a task does between two operations. A file of its own, so that a stack tells it from a task (`site.ts`). */

/** Resolves when the microtask queue is empty, so that a task has done all that it does between two operations. */
export type Drain = () => Promise<void>;

export const macrotask: Drain = () => new Promise((resolve) => setImmediate(resolve));
