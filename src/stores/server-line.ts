/**
 * One client's line to a server. It does what it is asked one operation at a time, in the order of asking, and tells
 * its watch of each operation once.
 *
 * A task that holds a row's lock spends the time between two statements here, and every task that waits for the row waits
 * that long. So an operation with no other before it goes straight to the server, and is one promise, not a chain.
 */
import { setTimeout as pause } from "node:timers/promises";
import { refuseFaults } from "../core/check-operation.js";
import { isMistake, StoreError, StoreMistake } from "../core/failure.js";
import type { KnownNames } from "../core/known-names.js";
import type { Json, Operation, Perform } from "../core/operation.js";
import type { Server } from "../core/server.js";
import type { Connection, Watch } from "../core/store.js";

/** Milliseconds between two looks at a lease or a queue that gives nothing; doubled each time, up to the second number. */
export const LOOK_MS = [2, 32] as const;

export abstract class ServerLine implements Connection {
  protected closed = false;
  /** The version of the row that the operation under way has written or seen, where the server tells it. */
  protected version: number | undefined;
  /** How many operations have no answer yet, and the answer of the last one. */
  #underWay = 0;
  #last: Promise<unknown> = Promise.resolve();
  /** Made when a line sleeps for the first time: most lines never do, and one for each line costs much. */
  #stop: AbortController | undefined;

  constructor(
    protected readonly watch: Watch | undefined,
    protected readonly server: Server,
    private readonly scenario: { readonly names?: KnownNames | undefined },
  ) {}

  /** Does one operation. No other operation of this line is under way. */
  protected abstract step(operation: Operation): Json | Promise<Json>;
  /** The failure that an error of the client library stands for. */
  protected abstract failureOf(error: unknown): StoreError;
  /** Undoes what a failed operation has left, before the failure is told. */
  protected undo(_failure: StoreError): void | Promise<void> {}
  /** The operation is over: gives back the connection if the line needs it no more. */
  protected rest(): void {}
  abstract close(): Promise<void>;

  readonly perform: Perform = (operation) => {
    const answered = this.#answer(operation, this.#underWay > 0 ? this.#last : undefined);
    this.#last = answered;
    return answered as Promise<never>;
  };

  async #answer(operation: Operation, before: Promise<unknown> | undefined): Promise<Json> {
    this.#underWay++;
    let value: Json;
    try {
      if (before) await before.catch(() => {});
      if (this.closed) throw new StoreError("08006");
      refuseFaults(operation, this.scenario.names);
      const step = this.step(operation);
      value = step instanceof Promise ? await step : step;
    } catch (error) {
      const failure = this.closed || isMistake(error) ? new StoreError("08006") : this.failureOf(error);
      const undone = this.undo(failure);
      if (undone) await undone;
      this.#over();
      this.version = undefined;
      this.watch?.effect({ error: failure.code });
      throw isMistake(error) ? new StoreMistake(error) : failure;
    }
    this.#over();
    this.watch?.effect({ value }, this.version);
    this.version = undefined;
    return value;
  }

  #over(): void {
    this.#underWay--;
    this.rest();
  }

  protected get isBusy(): boolean {
    return this.#underWay > 0;
  }

  /** Resolves when the last operation that was asked is over. */
  protected idle(): Promise<unknown> {
    return this.#last.catch(() => {});
  }

  /** Sleeps; fails with 08006 when the line is closed meanwhile. */
  protected async sleep(ms: number): Promise<null> {
    this.#stop ??= new AbortController();
    return pause(ms, null, { signal: this.#stop.signal }).catch(() => {
      throw new StoreError("08006");
    });
  }

  /** From now on every operation fails with 08006, and a sleeping one is woken. False: the line was closed before. */
  protected stop(): boolean {
    if (this.closed) return false;
    this.closed = true;
    this.#stop?.abort();
    return true;
  }
}
