import type { Key, Row } from "../core/operation.js";
import { Conflict, type Patience, retry } from "../core/retry.js";
import { access } from "../core/session.js";
import { strategy } from "../core/strategy.js";

/** Work on a copy, and save it only if the row is still the one that was read (If-Match, a version column). */
export const cas = ({ attempts, pause }: Patience) =>
  strategy({
    summary: `compare-and-set on the row's version, ${attempts} attempts`,
    cost: "work is thrown away and done again, and somebody may give up while there was something left",
    requires: ["versions"],
    run: (work, session) =>
      retry(session, { attempts, pause, when: (error) => error instanceof Conflict }, () => {
        const versions = new Map<Key, number>();
        return work.body(
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
      }),
  });

export default cas({ attempts: 3 });
