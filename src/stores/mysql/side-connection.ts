/**
 * What the model has beside the database, on a connection that takes no part in the line's transaction: named locks
 * (GET_LOCK) and calls of services. So they survive a rollback, and work in a failed transaction.
 */
import { createHash } from "node:crypto";
import { StoreError } from "../../core/failure.js";
import { inOneForm } from "../../core/one-form.js";
import type { Json } from "../../core/operation.js";
import type { Watch } from "../../core/store.js";
import type { ConnectionPool } from "../connection-pool.js";
import { callReply, idempotencyKeyOf } from "../service-calls.js";
import { ConnectionLease } from "./lease.js";
import { FOR_EVER_S, type MysqlClient } from "./server.js";
import { DUPLICATE, errorNumberOf, type MysqlResult } from "./statements.js";

/** The name of a lock of GET_LOCK. All databases of the server share these names, and they have at most 64 characters. */
export const lockHash = (name: string): string => createHash("sha256").update(name).digest("hex").slice(0, 60);

export class MysqlSide {
  readonly lease: ConnectionLease;
  readonly #database: string;
  readonly #watch: Watch | undefined;
  readonly #held = new Set<string>();
  #stopped = false;

  constructor(
    { database, sides }: { readonly database: string; readonly sides: ConnectionPool<MysqlClient> },
    watch: Watch | undefined,
  ) {
    this.#database = database;
    this.#watch = watch;
    this.lease = new ConnectionLease(sides, () => this.#held.clear());
  }

  holds(lock: string): boolean {
    return this.#held.has(lock);
  }

  async #ask(text: string, values: readonly (string | number)[]): Promise<MysqlResult> {
    if (this.#stopped) throw new StoreError("08006");
    return this.lease.execute(text, values);
  }

  #rest(): void {
    if (this.#held.size === 0) this.lease.give();
  }

  #nameOf(lock: string): string {
    return lockHash(`${this.#database} lock ${lock}`);
  }

  /** Takes a lock that this line does not hold. False: it is held, and the line does not wait. */
  async acquire(lock: string, wait: boolean): Promise<boolean> {
    if (!this.lease.client) await this.lease.take();
    this.#watch?.sent?.();
    const get = async (seconds: number) => {
      const { rows } = await this.#ask("select get_lock(?, ?) as got", [this.#nameOf(lock), seconds]);
      return rows[0]?.["got"] === 1;
    };
    try {
      if (await get(0)) this.#held.add(lock);
      else if (wait) {
        this.#watch?.blocked();
        if (!(await get(FOR_EVER_S))) throw new StoreError(this.#stopped ? "08006" : "57014");
        this.#held.add(lock);
      }
      return this.#held.has(lock);
    } finally {
      this.#rest();
    }
  }

  async release(lock: string): Promise<boolean> {
    if (!this.#held.delete(lock)) return false;
    const { rows } = await this.#ask("select release_lock(?) as done", [this.#nameOf(lock)]);
    this.#rest();
    return rows[0]?.["done"] === 1;
  }

  async call(service: string, request: Json): Promise<Json> {
    const key = idempotencyKeyOf(request);
    const form = inOneForm(request);
    const values = [service, key, JSON.stringify(request), form] as string[];
    if (!this.lease.client) await this.lease.take();
    this.#watch?.sent?.();
    try {
      await this.#ask("insert into `$calls` (service, idempotency, request, form) values (?, ?, ?, ?)", values);
      return callReply("done");
    } catch (error) {
      if (errorNumberOf(error) !== DUPLICATE) throw error;
      const text = "select form from `$calls` where service = ? and idempotency = ?";
      const { rows } = await this.#ask(text, [service, key as string]);
      return callReply(rows[0]?.["form"] === form ? "replayed" : "refused");
    } finally {
      this.#rest();
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async close(): Promise<void> {
    await this.lease.close(["select release_all_locks()"]);
  }
}
