/**
 * One client's line to Redis. All lines of a thread share one connection, in order, so an operation is one round trip.
 *
 * A named lock ends with its client's connection, not by a clock: the line stands in a list, and a client counts as there
 * while it is subscribed to its own channel, which scripts can ask. A release tells the first line of the list; a line
 * that waits looks every half second whether the lines before it are still there.
 */
import { StoreError } from "../../core/failure.js";
import type { KnownNames } from "../../core/known-names.js";
import type { Json, Operation } from "../../core/operation.js";
import type { Server } from "../../core/server.js";
import type { Watch } from "../../core/store.js";
import { scopedLockName } from "../lock-name.js";
import { LOOK_MS, ServerLine } from "../server-line.js";
import { failureOf, type RedisCommands } from "./commands.js";
import { redisScripts } from "./scripts.js";

/** Milliseconds that a lease lasts by the server's clock. */
const LEASE_MS = 2000;
/** Milliseconds after which a line that waits for a lock looks whether the lines before it are still there. */
const GONE_MS = 500;

/** What all lines of a store share. */
export interface RedisTrunk {
  /** Of the scenario; undefined: it is not known. */
  readonly names?: KnownNames | undefined;
  readonly commands: RedisCommands;
  /** What the names of the clients' channels begin with. */
  readonly channels: string;
  /** The lines of this client that have asked for a lock, by name. */
  readonly lines: Map<string, RedisLine>;
  /** Aborted when the server has gone. */
  readonly lost: AbortSignal;
}

export class RedisLine extends ServerLine {
  readonly #trunk: RedisTrunk;
  readonly #name: string;
  /** Locks that it holds or stands in line for. */
  readonly #locks: string[] = [];
  /** Tokens by lock. */
  #leases: Map<string, number> | undefined;

  #willHold(lock: string): void {
    this.#trunk.lines.set(this.#name, this);
    this.#locks.push(lock);
  }

  /** Ends the wait for a lock, if there is one: it is this line's turn, or no line gets a turn any more. */
  yourTurn = () => {};

  constructor(trunk: RedisTrunk, name: string, watch: Watch | undefined, server: Server) {
    super(watch, server, trunk);
    this.#trunk = trunk;
    this.#name = name;
  }

  protected failureOf(error: unknown): StoreError {
    return failureOf(error);
  }

  protected step(operation: Operation): Json | Promise<Json> {
    if (this.#trunk.lost.aborted) throw new StoreError("08006");
    this.watch?.sent?.();
    switch (operation.kind) {
      case "sleep":
        return this.sleep(operation.ms);
      case "acquire":
        return this.#acquire(operation);
      case "release":
        return this.#release(scopedLockName(operation, this.server));
      case "receive":
        return this.#receive(operation);
      case "rollback":
        // Without a transaction it does nothing: code that cleans up after a refused BEGIN must not fail once more.
        return null;
      default:
        return this.#trunk.commands.perform(operation);
    }
  }

  /** Resolves when it is this line's turn, or after so many milliseconds. */
  #turn(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.yourTurn = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Asks until there is an answer. Between two questions it waits as `wait` says. */
  async #look<T>(once: () => Promise<T | undefined>, wait: (ms: number) => Promise<unknown>): Promise<T> {
    let isWaiting = false;
    for (let ms: number = LOOK_MS[0]; ; ms = Math.min(ms * 2, LOOK_MS[1])) {
      const answer = await once();
      if (answer !== undefined) return answer;
      this.#throwIfOver();
      if (!isWaiting) this.watch?.blocked();
      isWaiting = true;
      await wait(ms);
      this.#throwIfOver();
    }
  }

  #throwIfOver(): void {
    if (this.closed || this.#trunk.lost.aborted) throw new StoreError("08006");
  }

  async #acquire(operation: Extract<Operation, { kind: "acquire" }>): Promise<boolean | number> {
    const lock = scopedLockName(operation, this.server);
    const isPatient = operation.ifLocked !== "nowait";
    if (!operation.lease && !operation.lasting) return isPatient ? this.#waitFor(lock) : this.#tryLock(lock);
    const once = () => this.#lease(lock, operation.lease ? LEASE_MS : 0);
    const token = isPatient ? await this.#look(once, (ms) => this.sleep(ms)) : ((await once()) ?? false);
    return operation.lease ? token : token !== false;
  }

  async #ask(lock: string, how: "wait" | "nowait"): Promise<boolean> {
    const { commands, channels } = this.#trunk;
    return (await commands.run(redisScripts.acquire, this.#lockKeys(lock), this.#name, channels, how)) === 1;
  }

  async #tryLock(lock: string): Promise<boolean> {
    // A mutex is not reentrant: a line does not get a lock that it holds.
    if (this.#locks.includes(lock) || !(await this.#ask(lock, "nowait"))) return false;
    this.#willHold(lock);
    return true;
  }

  async #waitFor(lock: string): Promise<true> {
    // A mutex is not reentrant: a task that asks again for a lock that it holds waits for itself.
    if (this.#locks.includes(lock))
      return this.#look<true>(
        async () => undefined,
        () => this.#turn(GONE_MS),
      );
    this.#willHold(lock);
    let called = Promise.resolve();
    return this.#look(
      async () => {
        // Before the question: the line may be told that it is its turn before it has the answer that it must wait.
        called = this.#turn(GONE_MS);
        return (await this.#ask(lock, "wait")) || undefined;
      },
      () => called,
    );
  }

  #lockKeys(lock: string): readonly string[] {
    const { lock: locks, waiting, all } = this.#trunk.commands.at;
    return [`${locks}${lock}`, `${waiting}${lock}`, all];
  }

  /** The token of a lease that was granted; undefined: the lease is held. `ms`: how long it lasts, 0 for ever. */
  async #lease(lock: string, ms: number): Promise<number | undefined> {
    const { commands } = this.#trunk;
    const { lease, tokens, all } = commands.at;
    const token = Number(await commands.run(redisScripts.grant, [`${lease}${lock}`, tokens, all], lock, ms));
    if (token < 0) return undefined;
    this.#leases ??= new Map();
    this.#leases.set(lock, token);
    return token;
  }

  async #release(lock: string): Promise<boolean> {
    const held = this.#locks.indexOf(lock);
    if (held >= 0) {
      this.#locks.splice(held, 1);
      return this.#unlock(lock);
    }
    const token = this.#leases?.get(lock);
    if (token === undefined) return false;
    this.#leases?.delete(lock);
    const { commands } = this.#trunk;
    return (await commands.run(redisScripts.giveBack, [`${commands.at.lease}${lock}`], token)) === 1;
  }

  async #unlock(lock: string): Promise<boolean> {
    const { commands, channels } = this.#trunk;
    return (await commands.run(redisScripts.release, this.#lockKeys(lock), this.#name, channels)) === 1;
  }

  async #receive({ topic, replyTo, exclusive, ifLocked }: Extract<Operation, { kind: "receive" }>): Promise<Json> {
    const { commands } = this.#trunk;
    const once = async () =>
      (replyTo === undefined || replyTo === topic ? undefined : await commands.receive(replyTo, "reply")) ??
      (await commands.receive(topic, exclusive ? "exclusive" : ""));
    return ifLocked === "nowait" ? ((await once()) ?? null) : this.#look(once, (ms) => this.sleep(ms));
  }

  async close(): Promise<void> {
    if (!this.stop()) return;
    this.yourTurn();
    await this.idle();
    // Those that it holds and those that it stands in line for: the next line is told.
    if (this.#locks.length > 0) await Promise.all(this.#locks.map((lock) => this.#unlock(lock).catch(() => {})));
    this.#trunk.lines.delete(this.#name);
  }
}
