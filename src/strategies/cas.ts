import type { Key, Row } from "../core/operation.js";
import { access } from "../core/session.js";
import { strategy } from "../core/strategy.js";
import { rejected } from "../core/work.js";

const ATTEMPTS = 3;

/** Work on a copy, and save it only if the row is still the one that was read (If-Match, a version column). */
export default strategy({
  summary: "compare-and-set on the row's version, three attempts",
  cost: "work is thrown away and done again, and somebody may give up while there was something left",
  requires: ["versions"],
  async run(work, session) {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const versions = new Map<Key, number>();
      let saved = true;
      const outcome = await work.body(
        access({
          ...session,
          async find<R extends Row>(key: Key) {
            const seen = await session.readVersioned(key);
            if (seen) versions.set(key, seen.version);
            return (seen?.row ?? null) as R | null;
          },
          async write(key, row) {
            saved &&= await session.compareAndSet(key, row, versions.get(key) ?? 0);
          },
        }),
      );
      if (saved) return outcome;
    }
    return rejected(`gave up after ${ATTEMPTS} conflicts`);
  },
});
