/**
 * The seam. Every step that a task takes on shared state is an `Operation`, plain data, and the program that runs the task
 * gives it one function, `Perform`. The explorer, the stepper, the hammer's threads and a real database differ only in
 * that function.
 *
 * Words: *operation* and *response* are those of linearizability (Herlihy & Wing 1990); *isolation* and the error codes are
 * SQL's (PostgreSQL manual, appendix A).
 *
 * The rows can be selected and messages published in a rule, too, so that a strategy decides when an event is sent: at
 * once, after the commit, or through an outbox. There are no joins.
 */
import type { StoreError } from "./failure.js";

/** What a row's columns and a reply may hold: JSON, so that it can be copied, compared and stored anywhere. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** `table/id`: where a row lives. The id may contain anything, slashes too: `issued/user-7/coupon-1`. */
export type Key = string;

/** One row: named columns. A row is replaced as a whole, never changed in place. */
export type Row = { readonly [column: string]: Json };

/** Rows by key: all that a store holds, as far as a lesson can see. */
export type Rows = { readonly [key: Key]: Row };

/**
 * A value computed from a row. A bare string names a column, as in SQL; text is `{ text: "paid" }`. Everything else is
 * prefix form: `["-", "left", 1]`. `/` of two whole numbers is whole, as in SQL: 7 / 2 is 3. It is data, so that a store can test and change a row in one statement and a
 * database can be sent the same thing as SQL.
 */
export type Expression =
  | null
  | boolean
  | number
  | string
  | { readonly text: string }
  | readonly ["+" | "-" | "*" | "/" | "%" | "||", Expression, Expression];

/** A test on a row: `[">", "left", 0]`, `["and", ["=", "status", { text: "open" }], ["is null", "owner"]]`. */
export type Condition =
  | boolean
  | readonly ["=" | "<>" | "!=" | "<" | "<=" | ">" | ">=", Expression, Expression]
  | readonly ["in", Expression, readonly Expression[]]
  | readonly ["is null", Expression]
  | readonly ["not", Condition]
  | readonly ["and" | "or", ...Condition[]];

/** SQL's isolation levels as PostgreSQL implements them: repeatable read is a snapshot. */
export type Isolation = "read committed" | "repeatable read" | "serializable";

/** What to do when another session has locked the row: wait, fail at once (55P03), or skip the row. */
export type IfLocked = "wait" | "nowait" | "skip";

/**
 * `SELECT … FOR KEY SHARE`, `FOR SHARE`, `FOR NO KEY UPDATE`, `FOR UPDATE`. An UPDATE takes "no key update", unless it changes
 * a column of a key; so it does not wait for "key share", which a foreign key takes on its parent.
 */
export type RowLock = "key share" | "share" | "no key update" | "update";

/** A row, and its version. The version grows by one with every write of that row. */
export interface Versioned {
  readonly row: Row;
  readonly version: number;
}

/**
 * One atomic step on shared state.
 *
 * The first group works on one row by its key: any engine can do it. The second is SQL over a table. The third takes
 * locks, the fourth is a transaction, and the fifth leaves the store: time, other services, queues, choices of the
 * environment.
 */
export type Operation =
  | { readonly kind: "read"; readonly key: Key }
  | { readonly kind: "read-versioned"; readonly key: Key }
  | { readonly kind: "write"; readonly key: Key; readonly row: Row; readonly token?: number }
  | { readonly kind: "delete"; readonly key: Key }
  | { readonly kind: "insert"; readonly key: Key; readonly row: Row }
  | {
      readonly kind: "compare-and-set";
      readonly key: Key;
      readonly row: Row;
      readonly version: number;
      readonly token?: number;
    }
  | ({ readonly kind: "update-where" } & ConditionalUpdate)
  | { readonly kind: "select-for-update"; readonly key: Key; readonly ifLocked?: IfLocked }
  //
  | ({ readonly kind: "select" } & Select)
  | ({ readonly kind: "insert-row" } & InsertRow)
  | { readonly kind: "update-rows"; readonly table: string; readonly where?: Condition; readonly set: Assignments }
  | { readonly kind: "delete-rows"; readonly table: string; readonly where?: Condition }
  //
  | {
      readonly kind: "acquire";
      readonly lock: string;
      readonly scope?: LockScope;
      readonly ifLocked?: "wait" | "nowait";
      /** A lock that ends when the schedule says so (`expire`), and outlives its holder's connection. */
      readonly lease?: true;
      /** A lock that outlives its holder's connection and ends only when it is released: a lock file. */
      readonly lasting?: true;
    }
  | { readonly kind: "release"; readonly lock: string; readonly scope?: LockScope }
  | { readonly kind: "raise-fence"; readonly key: Key; readonly token: number }
  //
  | { readonly kind: "begin"; readonly isolation: Isolation }
  | { readonly kind: "commit" }
  | { readonly kind: "rollback" }
  | { readonly kind: "savepoint"; readonly name: string }
  | { readonly kind: "rollback-to"; readonly name: string }
  | { readonly kind: "release-savepoint"; readonly name: string }
  | {
      readonly kind: "advisory-lock";
      readonly lock: number;
      readonly scope?: "transaction" | "session";
      readonly shared?: true;
      readonly ifLocked?: "wait" | "nowait";
    }
  | { readonly kind: "advisory-unlock"; readonly lock: number; readonly shared?: true }
  | { readonly kind: "lock-timeout"; readonly ms: number }
  //
  /**
   * For `ms` milliseconds; with `least`, for a random time from `least` to `ms`. `Perform` draws the number, because a
   * rule must be deterministic. In a schedule time is no step, so jitter changes no end there; real threads show it.
   */
  | { readonly kind: "sleep"; readonly ms: number; readonly least?: number }
  | { readonly kind: "elapse"; readonly ms: number }
  | { readonly kind: "call"; readonly service: string; readonly request: Json }
  | { readonly kind: "choose"; readonly question: string; readonly options: readonly string[] }
  | { readonly kind: "publish"; readonly topic: string; readonly message: Json }
  | {
      readonly kind: "receive";
      readonly topic: string;
      readonly ifLocked?: "wait" | "nowait";
      /**
       * One at a time: no message while another message of the topic is out, so that there is one consumer at any
       * moment (a message group of SQS FIFO, a single active consumer of RabbitMQ, a partition of Kafka).
       */
      readonly exclusive?: true;
      /** A topic for answers: its messages come first, and are not acknowledged. */
      readonly replyTo?: string;
    }
  | { readonly kind: "ack"; readonly topic: string; readonly id: number }
  // Operations of the environment, which no task makes.
  | { readonly kind: "expire"; readonly lock: string }
  | { readonly kind: "redeliver"; readonly topic: string; readonly id: number };

/** A message as a consumer gets it. It may be delivered again until a consumer has acknowledged the id. */
export interface Delivery {
  readonly id: number;
  readonly message: Json;
  /** Of an exclusive delivery: a fencing token, which grows with each exclusive delivery of the topic. */
  readonly token?: number;
  /** It came through `replyTo`. */
  readonly isReply?: true;
}

/**
 * "server": a lock in the memory of one process; every server has its own lock of that name. "shared", the default: one
 * lock for all servers that use the store.
 */
export type LockScope = "server" | "shared";

/** New values by column. A bare string names another column; text is `{ text: "…" }`. */
export type Assignments = { readonly [column: string]: Expression };

/** `UPDATE … SET … WHERE` on one row, in one atomic statement. */
export interface ConditionalUpdate {
  readonly key: Key;
  readonly where?: Condition;
  readonly set: Assignments;
}

/** `SELECT` over a table, optionally counted or summed, optionally locking what it returns. */
export interface Select {
  readonly table: string;
  readonly where?: Condition;
  readonly aggregate?: readonly ["count", "*"] | readonly ["sum" | "max" | "min", string];
  readonly lock?: RowLock;
  readonly ifLocked?: IfLocked;
  readonly limit?: number;
}

/** `INSERT … [ON CONFLICT DO NOTHING | (key) DO UPDATE SET …]`; columns include those of the primary key. */
export interface InsertRow {
  readonly table: string;
  readonly row: Row;
  readonly onConflict?: "nothing" | { readonly key: readonly string[]; readonly set: Assignments };
}

/** What each kind of operation answers when it succeeds. Failures are `StoreError`s, thrown by `Perform`. */
export interface Responses {
  /** The row, or null where there is none. */
  readonly read: Row | null;
  readonly "read-versioned": Versioned | null;
  readonly write: null;
  /** Rows deleted: 0 or 1. */
  readonly delete: number;
  /** False: the key was taken, nothing was written (in a transaction that is error 23505 instead). */
  readonly insert: boolean;
  /** False: the version has moved on, nothing was written. */
  readonly "compare-and-set": boolean;
  /** Rows changed: 0 or 1. */
  readonly "update-where": number;
  readonly "select-for-update": Row | null;
  readonly select: readonly Row[];
  /** Rows written. */
  readonly "insert-row": number;
  readonly "update-rows": number;
  readonly "delete-rows": number;
  /** False only with `nowait`, when another session holds it. A lease answers its fencing token: 1, 2, 3… */
  readonly acquire: boolean | number;
  /** False: it was not held, or the lease had ended. */
  readonly release: boolean;
  /** False: the row has seen a newer token, so this holder's lease has ended. */
  readonly "raise-fence": boolean;
  readonly begin: null;
  /** "rollback": COMMIT of a failed transaction rolls it back, as in PostgreSQL. */
  readonly commit: "commit" | "rollback";
  readonly rollback: null;
  readonly savepoint: null;
  readonly "rollback-to": null;
  readonly "release-savepoint": null;
  readonly "advisory-lock": boolean;
  readonly "advisory-unlock": boolean;
  readonly "lock-timeout": null;
  readonly sleep: null;
  /** Time has passed for all sessions that wait with a lock_timeout. An operation of the environment. */
  readonly elapse: null;
  readonly call: Json;
  readonly choose: string;
  readonly publish: null;
  /** Null only with `nowait`, when there is no message. */
  readonly receive: Delivery | null;
  /** False: it was acknowledged before. */
  readonly ack: boolean;
  readonly expire: null;
  readonly redeliver: null;
}

/** The answer to one operation: what it returned, or why it failed. Plain data, so that it can be recorded. */
export type Reply =
  | { readonly value: Json }
  | {
      readonly error: StoreError["code"];
      /** What is wrong with this statement, where the code alone does not say it. */
      readonly detail?: string;
      /** A model's answer: a real server could do this, and the model does not know what it would do. */
      readonly beyondModel?: true;
    };

/**
 * Does one operation and promises its response. Rejects with a `StoreError`, and with nothing else.
 *
 * The task calls it synchronously, so an implementation can read from the stack which line of the lesson asks.
 */
export type Perform = <O extends Operation>(operation: O) => Promise<Responses[O["kind"]]>;

/** Does the operation give its task a copy of a row, which can go out of date? */
export const isRead = (
  operation: Operation,
): operation is Extract<Operation, { kind: "read" | "read-versioned" | "select-for-update" }> =>
  operation.kind === "read" || operation.kind === "read-versioned" || operation.kind === "select-for-update";

/** Does the operation touch no shared state? A scheduler answers it at once and does not count it as a step. */
export const isPrivate = (operation: Operation): boolean => operation.kind === "sleep";
