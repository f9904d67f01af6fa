import type { Key, Row } from "../core/operation.js";
import { access } from "../core/session.js";
import { strategy } from "../core/strategy.js";
import { rejected } from "../core/work.js";

const ATTEMPTS = 3;

/** Somebody else saved the row first. It ends the rule on the spot: what comes after the write must not happen. */
class Conflict extends Error {}

/** Work on a copy, and save it only if the row is still the one that was read (If-Match, a version column). */
export default strategy({
  summary: "compare-and-set on the row's version, three attempts",
  cost: "work is thrown away and done again, and somebody may give up while there was something left",
  requires: ["versions"],
  async run(work, session) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const versions = new Map<Key, number>();
      try {
        return await work.body(
          access({
            ...session,
            async find<R extends Row>(key: Key) {
              const seen = await session.readVersioned(key);
              if (seen) versions.set(key, seen.version);
              return (seen?.row ?? null) as R | null;
            },
            async write(key, row) {
              if (!(await session.compareAndSet(key, row, versions.get(key) ?? 0))) throw new Conflict();
            },
          }),
        );
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
      }
    }
    return rejected(`gave up after ${ATTEMPTS} conflicts`);
  },
});
