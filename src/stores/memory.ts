import type { Machine } from "../core/machine.js";
import type { Operation, Reply, Responses } from "../core/operation.js";
import { settle } from "../core/session.js";
import type { Connection, Store, Watch } from "../core/store.js";
import { type Line, model, type Shared } from "../model/model.js";

/**
 * The embedded default: the same pure model that the explorer explores, behind a promise. What the
 * learner saw is what the threads hit.
 *
 * A blocked operation is parked and tried again, in order of arrival, after every step that changed
 * something: first come, first served, where the model leaves it open.
 */
export function memoryStore(): Store {
  let machine: Machine<Shared, Line> = model({});
  let shared = machine.shared;
  const parked = new Set<() => boolean>();

  /** Lets go on whoever can. A `for` over a Set also visits what was added meanwhile; one quiet round ends it. */
  function wake(): void {
    for (let before: Shared | undefined; before !== shared; ) {
      before = shared;
      for (const attempt of parked) if (attempt()) parked.delete(attempt);
    }
  }

  function connect(watch?: Watch): Connection {
    let line = machine.line;
    /** One try; false while blocked. */
    const attempt = (operation: Operation, answer: (reply: Reply) => void): boolean => {
      const step = machine.apply(shared, line, operation);
      shared = step.shared;
      line = step.line;
      if (!step.reply) return false;
      watch?.effect(step.reply);
      answer(step.reply);
      return true;
    };
    const mine = new Set<() => boolean>();
    return {
      perform: <O extends Operation>(operation: O) =>
        new Promise<Responses[O["kind"]]>((resolve, reject) => {
          const answer = (reply: Reply) => {
            try {
              resolve(settle<O>(reply));
            } catch (error) {
              reject(error);
            }
          };
          const before = shared;
          if (!attempt(operation, answer)) {
            watch?.blocked();
            const again = () => attempt(operation, answer) && mine.delete(again);
            mine.add(again);
            parked.add(again);
          }
          if (shared !== before && parked.size > 0) wake();
        }),
      async close() {
        for (const again of mine) parked.delete(again);
        shared = machine.disconnect(shared, line);
        line = machine.line;
        wake();
      },
    };
  }

  return {
    capabilities: new Set(["versions", "locks", "transactions", "row-locks", "conditional-update"]),
    connect: async (watch) => connect(watch),
    async reset(rows) {
      machine = model(rows);
      shared = machine.shared;
      parked.clear();
    },
    state: async () => machine.rows(shared),
    close: async () => {},
  };
}
