import type { Machine } from "../core/machine.js";
import type { Operation, Reply, Responses } from "../core/operation.js";
import type { Server } from "../core/server.js";
import { settle } from "../core/session.js";
import type { Connection, Store, Watch } from "../core/store.js";
import { type Line, model, type Shared } from "../model/model.js";

/** One connection: its line in the model, and what it waits for. */
interface Client {
  line: Line;
  readonly waits: Map<() => boolean, { readonly operation: Operation; lost(): void }>;
}

/**
 * The default store: the same pure model that the explorer explores, behind a promise. So the threads meet what the
 * learner saw there.
 *
 * A blocked operation is parked, and tried again after every step that changed something. Where the model leaves it open
 * which waiter goes on, it is first come, first served; the explorer tries every order. Nothing happens by the clock: no
 * lease ends, no lock_timeout runs out. In the model those are choices of a schedule.
 */
export function memoryStore(): Store {
  let machine: Machine<Shared, Line> = model({});
  let shared = machine.shared;
  const parked = new Set<() => boolean>();
  const clients = new Set<Client>();

  /**
   * Tries the parked operations in order of arrival, each until it is done or has to wait again, because a wait may end in
   * several steps. A `for` over a Set also visits what is added meanwhile. A round in which nothing changes is the last.
   */
  function wake(): void {
    for (let before: Shared | undefined; before !== shared; ) {
      before = shared;
      for (const attempt of parked)
        for (let turn: Shared | undefined; turn !== shared; ) {
          turn = shared;
          if (attempt()) parked.delete(attempt);
          if (!parked.has(attempt)) break;
        }
    }
  }

  function connect(watch?: Watch, server: Server = 1): Connection {
    const client: Client = { line: (server > 1 && machine.lineOn?.(server)) || machine.line, waits: new Map() };
    clients.add(client);
    /** One try; undefined: the operation is blocked. */
    const step = (operation: Operation): Reply | undefined => {
      const { reply, ...next } = machine.apply(shared, client.line, operation);
      ({ shared, line: client.line } = next);
      return reply;
    };
    return {
      perform: <O extends Operation>(operation: O) =>
        new Promise<Responses[O["kind"]]>((resolve, reject) => {
          const answer = (reply: Reply) => {
            watch?.effect(reply);
            try {
              resolve(settle<O>(reply));
            } catch (error) {
              reject(error);
            }
          };
          if (!clients.has(client)) return answer({ error: "08006" });
          const attempt = () => {
            const reply = step(operation);
            if (reply) answer(reply);
            return reply !== undefined;
          };
          const before = shared;
          if (!attempt()) {
            watch?.blocked();
            const again = () => attempt() && client.waits.delete(again);
            client.waits.set(again, { operation, lost: () => answer({ error: "08006" }) });
            parked.add(again);
          }
          if (shared !== before && parked.size > 0) wake();
        }),
      async close() {
        if (!clients.delete(client)) return;
        for (const [again, { lost }] of client.waits) {
          parked.delete(again);
          lost();
        }
        shared = machine.disconnect(shared, client.line);
        wake();
      },
    };
  }

  return {
    capabilities: new Set([
      ...(["versions", "locks", "transactions", "row-locks", "conditional-update"] as const),
      ...(["snapshots", "serializable", "leases", "fencing", "queues"] as const),
    ]),
    connect: async (watch, server) => connect(watch, server),
    async reset(rows, tables) {
      machine = model(rows, tables);
      shared = machine.shared;
      parked.clear();
    },
    state: async () => machine.rows(shared),
    close: async () => {},
  };
}
