/**
 * What the model has beside the database, on a connection that takes no part in the line's transaction: it survives a
 * rollback, and works in a failed transaction. Named locks are advisory locks of the session; leases, messages and calls
 * of services are rows, with the server's clock.
 */
import type { Client } from "pg";
import { StoreError } from "../../core/failure.js";
import type { Json, Operation } from "../../core/operation.js";
import type { Server } from "../../core/server.js";
import type { Watch } from "../../core/store.js";
import type { ConnectionPool } from "../connection-pool.js";
import { scopedLockName } from "../lock-name.js";
import { LOOK_MS } from "../server-line.js";
import { callReply, idempotencyKeyOf } from "../service-calls.js";
import type { SqlColumns } from "../sql.js";
import { lockNumber } from "./schemas.js";

/** How long a lease lasts by the server's clock; and a lock file, which stays until a task removes it. */
const LEASE = "2 seconds";
const FOR_EVER = "1000 years";

export class PostgresSide {
  readonly #schema: string;
  readonly #clients: ConnectionPool<Client>;
  readonly #server: Server;
  /** Told when an operation is sent, and when it has to look again. */
  readonly #watch: Watch | undefined;
  /** Advisory keys. */
  readonly #held = new Set<string>();
  /** Tokens by lock. */
  readonly #leases = new Map<string, number>();
  #client: Client | undefined;
  #stopped = false;
  #looking = false;
  /** Callers of `lookAgain` that wait for the next look, and how to begin it. */
  #askers: (() => void)[] = [];
  #wake = () => {};

  constructor(
    { schema, sides }: { readonly schema: string; readonly sides: ConnectionPool<Client> },
    server: Server,
    watch: Watch | undefined,
  ) {
    this.#schema = schema;
    this.#clients = sides;
    this.#server = server;
    this.#watch = watch;
  }

  /** The connection that it holds or waits on now. */
  get client(): Client | undefined {
    return this.#client;
  }

  /** It looks again and again, for a lease or a message. */
  get isLooking(): boolean {
    return this.#looking;
  }

  /** Undefined: none of these operations. */
  perform(operation: Operation): Promise<Json> | undefined {
    switch (operation.kind) {
      case "acquire": {
        const { lock, lasting } = operation;
        const wait = operation.ifLocked !== "nowait";
        if (!operation.lease && !lasting) return this.#acquire(this.#numberOf(operation), wait);
        const once = () => this.#lease(lock, lasting ? FOR_EVER : LEASE);
        return (wait ? this.#look(once) : once()).then((token) => (lasting ? token !== undefined : (token ?? false)));
      }
      case "release":
        return this.#release(operation);
      case "expire":
        return this.#ask(`update "$leases" set held = false where lock = $1`, [operation.lock]).then(() => null);
      case "publish":
        return this.#ask(
          `with counted as (insert into "$topics" as t (topic, count) values ($1, 1)
             on conflict (topic) do update set count = t.count + 1 returning count)
           insert into "$messages" (topic, id, message, taken) select $1, count, $2::json, false from counted`,
          [operation.topic, JSON.stringify(operation.message)],
        ).then(() => null);
      case "receive": {
        // This store offers no exclusive consumers, and no receiving from two queues at once.
        if (operation.exclusive || operation.replyTo) return undefined;
        const once = () => this.#receive(operation.topic);
        return operation.ifLocked === "nowait" ? once().then((delivery) => delivery ?? null) : this.#look(once);
      }
      case "ack":
        return this.#ask(`delete from "$messages" where topic = $1 and id = $2 returning 1`, [
          operation.topic,
          operation.id,
        ]).then((rows) => rows.length > 0);
      case "redeliver":
        return this.#ask(`update "$messages" set taken = false where topic = $1 and id = $2`, [
          operation.topic,
          operation.id,
        ]).then(() => null);
      case "call":
        return this.#call(operation.service, operation.request);
      default:
        return undefined;
    }
  }

  /** Runs a statement. The connection is kept while it holds a lock. */
  async #ask(text: string, values: readonly Json[]): Promise<readonly SqlColumns[]> {
    this.#client ??= await this.#clients.take();
    this.#watch?.sent?.();
    try {
      return (await this.#client.query(text, [...values])).rows;
    } finally {
      if (!this.#clients.alive(this.#client)) this.#held.clear();
      this.#rest();
    }
  }

  /**
   * Gives the connection back if it is not needed. After `stop` the closing gives it back: a statement that was cancelled
   * at the moment when it was served has its advisory lock all the same.
   */
  #rest(): void {
    if (this.#held.size > 0 || !this.#client || this.#stopped) return;
    this.#clients.give(this.#client);
    this.#client = undefined;
  }

  /** Asks until there is an answer. */
  async #look<T>(once: () => Promise<T | undefined>): Promise<T> {
    try {
      for (let ms: number = LOOK_MS[0]; ; ms = Math.min(ms * 2, LOOK_MS[1])) {
        const askers = this.#askers;
        this.#askers = [];
        try {
          const answer = await once();
          // Before the askers are told: they must not find that it still looks.
          if (answer !== undefined) this.#looking = false;
          if (answer !== undefined) return answer;
          if (!this.#looking) this.#watch?.blocked();
          this.#looking = true;
        } finally {
          for (const tell of askers) tell();
        }
        if (this.#stopped) throw new StoreError("08006");
        if (this.#askers.length === 0) await this.#sleep(ms);
      }
    } finally {
      this.#looking = false;
      for (const tell of this.#askers) tell();
      this.#askers = [];
    }
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Looks once more, now. */
  async lookAgain(): Promise<void> {
    if (!this.#looking) return;
    const looked = new Promise<void>((resolve) => this.#askers.push(resolve));
    this.#wake();
    await looked;
  }

  /** The advisory key of a named lock. */
  #numberOf(named: Parameters<typeof scopedLockName>[0]): string {
    return lockNumber(`${this.#schema} lock ${scopedLockName(named, this.#server)}`);
  }

  async #acquire(number: string, wait: boolean): Promise<boolean> {
    // A mutex is not reentrant: a task that asks again for a lock that it holds waits for itself.
    if (this.#held.has(number)) return wait ? this.#look<boolean>(async () => undefined) : false;
    this.#held.add(number);
    try {
      const [row] = await this.#ask(`select ${wait ? "pg_advisory_lock" : "pg_try_advisory_lock"}($1) as got`, [number]);
      const got = wait || row?.["got"] === true;
      if (!got) this.#forget(number);
      return got;
    } catch (error) {
      this.#forget(number);
      throw error;
    }
  }

  #forget(number: string): void {
    this.#held.delete(number);
    this.#rest();
  }

  /** The token of a lease that was granted; undefined: the lease is held. */
  async #lease(lock: string, lasts: string): Promise<number | undefined> {
    const [row] = await this.#ask(
      `insert into "$leases" as l (lock, token, held, ends) values ($1, 1, true, clock_timestamp() + $2::interval)
       on conflict (lock) do update set token = l.token + 1, held = true, ends = excluded.ends
       where not l.held or l.ends <= clock_timestamp() returning token`,
      [lock, lasts],
    );
    if (!row) return undefined;
    this.#leases.set(lock, Number(row["token"]));
    return Number(row["token"]);
  }

  async #release(named: Extract<Operation, { kind: "release" }>): Promise<boolean> {
    const { lock } = named;
    const number = this.#numberOf(named);
    if (this.#held.delete(number)) {
      const [row] = await this.#ask("select pg_advisory_unlock($1) as done", [number]);
      return row?.["done"] === true;
    }
    const token = this.#leases.get(lock);
    if (token === undefined) return false;
    this.#leases.delete(lock);
    const rows = await this.#ask(
      `update "$leases" set held = false where lock = $1 and token = $2 and held and ends > clock_timestamp() returning 1`,
      [lock, token],
    );
    return rows.length > 0;
  }

  /** Undefined: the queue is empty. */
  async #receive(topic: string): Promise<Json | undefined> {
    const [row] = await this.#ask(
      `update "$messages" set taken = true where (topic, id) =
         (select topic, id from "$messages" where topic = $1 and not taken order by id limit 1 for update skip locked)
       returning id, message`,
      [topic],
    );
    return row && { id: Number(row["id"]), message: row["message"] as Json };
  }

  async #call(service: string, request: Json): Promise<Json> {
    const values = [service, idempotencyKeyOf(request), JSON.stringify(request)];
    const made = await this.#ask(
      `insert into "$calls" (service, key, request) values ($1, $2, $3::json) on conflict (service, key) do nothing returning 1`,
      values,
    );
    if (made.length > 0) return callReply("done");
    const [first] = await this.#ask(
      `select request::jsonb = $3::jsonb as same from "$calls" where service = $1 and key = $2`,
      values,
    );
    return callReply(first?.["same"] === true ? "replayed" : "refused");
  }

  /** Ends the looking. A statement that waits on the server has to be cancelled there. */
  stop(): void {
    this.#stopped = true;
    this.#wake();
  }

  async close(): Promise<void> {
    if (!this.#client) return;
    const left = this.#client;
    this.#client = undefined;
    this.#held.clear();
    try {
      await left.query("select pg_advisory_unlock_all()");
      this.#clients.give(left);
    } catch {
      await left.end().catch(() => {});
    }
  }
}
