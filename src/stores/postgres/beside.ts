/**
 * What the model has beside the database, on a connection that takes no part in the transaction: named locks are
 * advisory locks of the session; leases, messages and what other services did are rows with the server's clock.
 */
import type { Client } from "pg";
import { StoreError } from "../../core/failure.js";
import type { Json, LockScope, Operation } from "../../core/operation.js";
import type { Pool } from "../pool.js";

/** How long a lease lasts by the server's clock; and a lock file, which stays until somebody removes it. */
const LEASE = "2 seconds";
const FOR_EVER = "1000 years";
/** Milliseconds between two looks at a lease or a queue that gives nothing. Doubled each time, up to the second. */
const LOOK_MS = [2, 32] as const;

export interface BesideTransaction {
  /** Undefined: none of these operations. */
  perform(operation: Operation): Promise<Json> | undefined;
  /** The connection that it holds or waits on now. */
  readonly client: Client | undefined;
  /** It looks again and again, for a lease or a message. */
  readonly isLooking: boolean;
  /** Looks once more, now. */
  lookAgain(): Promise<void>;
  /** Ends the looking; what waits on the server has to be cancelled there. */
  stop(): void;
  close(): Promise<void>;
}

interface Named {
  readonly lock: string;
  readonly scope?: LockScope;
}

/** One line's part. `numberOf` gives a named lock its advisory key; `blocked` is told when it has to look again. */
export function besides(clients: Pool<Client>, numberOf: (named: Named) => string, blocked: () => void): BesideTransaction {
  /** Advisory keys. */
  const held = new Set<string>();
  const leases = new Map<string, number>();
  let stopped = false;
  let client: Client | undefined;
  let looking = false;

  /** Runs a statement; the connection is kept while it holds a lock. */
  async function ask(text: string, values: readonly Json[]): Promise<readonly { readonly [column: string]: unknown }[]> {
    client ??= await clients.take();
    try {
      return (await client.query(text, [...values])).rows;
    } finally {
      if (!clients.alive(client)) held.clear();
      rest();
    }
  }

  /**
   * The connection goes back unless it is needed. After `stop` the closing gives it back: a statement that was
   * cancelled at the moment it was served has its advisory lock all the same.
   */
  function rest(): void {
    if (held.size > 0 || !client || stopped) return;
    clients.give(client);
    client = undefined;
  }

  /** Those who want to know that it has looked once more, and how to wake it. */
  let askers: (() => void)[] = [];
  let wake = () => {};

  /** Asks until there is an answer. */
  async function look<T>(once: () => Promise<T | undefined>): Promise<T> {
    try {
      for (let ms: number = LOOK_MS[0]; ; ms = Math.min(ms * 2, LOOK_MS[1])) {
        const told = askers;
        askers = [];
        try {
          const answer = await once();
          // Before anybody is told: whoever asks now must not hear that it still looks.
          if (answer !== undefined) looking = false;
          if (answer !== undefined) return answer;
          if (!looking) blocked();
          looking = true;
        } finally {
          for (const tell of told) tell();
        }
        if (stopped) throw new StoreError("08006");
        if (askers.length === 0) await sleep(ms);
      }
    } finally {
      looking = false;
      for (const tell of askers) tell();
      askers = [];
    }
  }

  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  async function acquire(number: string, wait: boolean): Promise<boolean> {
    // A mutex is not reentrant: who asks again for what it holds waits for itself.
    if (held.has(number)) return wait ? look<boolean>(async () => undefined) : false;
    held.add(number);
    try {
      const [row] = await ask(`select ${wait ? "pg_advisory_lock" : "pg_try_advisory_lock"}($1) as got`, [number]);
      const got = wait || row?.["got"] === true;
      if (!got) forget(number);
      return got;
    } catch (error) {
      forget(number);
      throw error;
    }
  }

  function forget(number: string): void {
    held.delete(number);
    rest();
  }

  const lease = (lock: string, lasts: string) => async (): Promise<number | undefined> => {
    const [row] = await ask(
      `insert into "$leases" as l (lock, token, held, ends) values ($1, 1, true, clock_timestamp() + $2::interval)
       on conflict (lock) do update set token = l.token + 1, held = true, ends = excluded.ends
       where not l.held or l.ends <= clock_timestamp() returning token`,
      [lock, lasts],
    );
    if (!row) return undefined;
    leases.set(lock, Number(row["token"]));
    return Number(row["token"]);
  };

  async function release(named: Named): Promise<boolean> {
    const { lock } = named;
    const number = numberOf(named);
    if (held.delete(number)) {
      const [row] = await ask("select pg_advisory_unlock($1) as done", [number]);
      return row?.["done"] === true;
    }
    const token = leases.get(lock);
    if (token === undefined) return false;
    leases.delete(lock);
    const rows = await ask(
      `update "$leases" set held = false where lock = $1 and token = $2 and held and ends > clock_timestamp() returning 1`,
      [lock, token],
    );
    return rows.length > 0;
  }

  const receive = (topic: string) => async (): Promise<Json | undefined> => {
    const [row] = await ask(
      `update "$messages" set taken = true where (topic, id) =
         (select topic, id from "$messages" where topic = $1 and not taken order by id limit 1 for update skip locked)
       returning id, message`,
      [topic],
    );
    return row && { id: Number(row["id"]), message: row["message"] as Json };
  };

  /** The contract of the Idempotency-Key draft, as the model has it. */
  async function call(service: string, request: Json): Promise<Json> {
    const key = (request as { readonly idempotencyKey?: Json } | null)?.idempotencyKey;
    const named = key === undefined ? null : JSON.stringify(key);
    const text = JSON.stringify(request);
    const made = await ask(
      `insert into "$calls" (service, key, request) values ($1, $2, $3::json) on conflict (service, key) do nothing returning 1`,
      [service, named, text],
    );
    if (made.length > 0) return { ok: true, status: "done" };
    const [first] = await ask(`select request::jsonb = $3::jsonb as same from "$calls" where service = $1 and key = $2`, [
      service,
      named,
      text,
    ]);
    return first?.["same"] === true ? { ok: true, status: "done", replayed: true } : { ok: false, status: "refused" };
  }

  function perform(operation: Operation): Promise<Json> | undefined {
    switch (operation.kind) {
      case "acquire": {
        const { lock, lasting } = operation;
        const wait = operation.ifLocked !== "nowait";
        if (!operation.lease && !lasting) return acquire(numberOf(operation), wait);
        const once = lease(lock, lasting ? FOR_EVER : LEASE);
        return (wait ? look(once) : once()).then((token) => (lasting ? token !== undefined : (token ?? false)));
      }
      case "release":
        return release(operation);
      case "expire":
        return ask(`update "$leases" set held = false where lock = $1`, [operation.lock]).then(() => null);
      case "publish":
        return ask(
          `with counted as (insert into "$topics" as t (topic, count) values ($1, 1)
             on conflict (topic) do update set count = t.count + 1 returning count)
           insert into "$messages" (topic, id, message, taken) select $1, count, $2::json, false from counted`,
          [operation.topic, JSON.stringify(operation.message)],
        ).then(() => null);
      case "receive": {
        // One consumer at a time, or two queues at once: not here.
        if (operation.exclusive || operation.replyTo) return undefined;
        const once = receive(operation.topic);
        return operation.ifLocked === "nowait" ? once().then((delivery) => delivery ?? null) : look(once);
      }
      case "ack":
        return ask(`delete from "$messages" where topic = $1 and id = $2 returning 1`, [operation.topic, operation.id]).then(
          (rows) => rows.length > 0,
        );
      case "redeliver":
        return ask(`update "$messages" set taken = false where topic = $1 and id = $2`, [operation.topic, operation.id]).then(
          () => null,
        );
      case "call":
        return call(operation.service, operation.request);
      default:
        return undefined;
    }
  }

  return {
    perform,
    get client() {
      return client;
    },
    get isLooking() {
      return looking;
    },
    async lookAgain() {
      if (!looking) return;
      const looked = new Promise<void>((resolve) => askers.push(resolve));
      wake();
      await looked;
    },
    stop() {
      stopped = true;
      wake();
    },
    async close() {
      if (!client) return;
      const left = client;
      client = undefined;
      held.clear();
      try {
        await left.query("select pg_advisory_unlock_all()");
        clients.give(left);
      } catch {
        await left.end().catch(() => {});
      }
    },
  };
}
