import type { Language } from "./language.js";

/** Why a store refuses an operation, by PostgreSQL's SQLSTATE (manual, appendix A). `failures` says what each means. */
export type FailureCode =
  | "40001"
  | "40P01"
  | "55P03"
  | "57014"
  | "23505"
  | "23514"
  | "23502"
  | "25P02"
  | "25001"
  | "25P01"
  | "3B001"
  | "55000"
  | "02000"
  | "0A000"
  | "08006"
  | "42703"
  | "42P01"
  | "42804"
  | "53100"
  | "58030";

export const failures: { readonly [code in FailureCode]: string } = {
  "40001": "could not serialize access: another transaction changed the row first",
  "40P01": "deadlock: each waits for the other, and this one was chosen to give up",
  "55P03": "the lock is held by somebody else, and this statement was told not to wait (longer)",
  "57014": "the statement was cancelled",
  "23505": "a row with this key is already there",
  "23514": "the row breaks a check constraint",
  "23502": "a column that must have a value has none",
  "25P02": "the transaction has failed: it takes nothing but a rollback",
  "25001": "a transaction is already open on this line",
  "25P01": "no transaction is open on this line",
  "3B001": "there is no such savepoint",
  "55000": "the fencing token is too old: a newer one has been seen here",
  "02000": "there is no such row",
  "0A000": "this store cannot do that",
  "08006": "the connection to the store was lost",
  "42703": "there is no such column",
  "42P01": "there is no such table",
  "42804": "the statement computes or compares values of the wrong type",
  "53100": "the disk is full: nothing was changed",
  "58030": "the store's file could not be written: nothing was changed",
};

export const failuresInKorean: { readonly [code in FailureCode]: string } = {
  "40001": "직렬화 실패입니다. 다른 트랜잭션이 먼저 행을 바꿔서, 차례로 실행한 것과 같은 결과를 낼 수 없습니다",
  "40P01": "데드락입니다. 서로를 기다리고 있어서 이 트랜잭션이 희생자로 선택되었습니다",
  "55P03": "다른 쪽이 락을 잡고 있고, 이 SQL 문은 (더) 기다리지 않도록 되어 있습니다",
  "57014": "SQL 문이 취소되었습니다",
  "23505": "같은 키의 행이 이미 있습니다",
  "23514": "행이 CHECK 제약 조건을 위반합니다",
  "23502": "값이 있어야 하는 컬럼(NOT NULL)에 값이 없습니다",
  "25P02": "트랜잭션이 실패해서 이제 롤백만 받습니다",
  "25001": "이 연결에는 이미 트랜잭션이 열려 있습니다",
  "25P01": "이 연결에는 열린 트랜잭션이 없습니다",
  "3B001": "그런 세이브포인트는 없습니다",
  "55000": "펜싱 토큰이 너무 낡았습니다. 더 새로운 토큰을 이미 받았습니다",
  "02000": "그런 행은 없습니다",
  "0A000": "이 저장소는 이 연산을 지원하지 않습니다",
  "08006": "저장소와의 연결이 끊겼습니다",
  "42703": "그런 열은 없습니다",
  "42P01": "그런 테이블은 없습니다",
  "42804": "SQL 문이 타입이 맞지 않는 값을 계산하거나 비교합니다",
  "53100": "디스크가 가득 찼습니다. 바뀐 것은 없습니다",
  "58030": "저장소의 파일을 쓸 수 없었습니다. 바뀐 것은 없습니다",
};

export const failureText = (code: FailureCode, language: Language): string =>
  (language === "ko" ? failuresInKorean : failures)[code];

/** The message of what was thrown, which need not be an Error. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The store refused an operation. `code` says why; the message is a sentence. */
export class StoreError extends Error {
  override readonly name = "StoreError";
  constructor(
    readonly code: FailureCode,
    detail?: string,
  ) {
    super(detail ?? failures[code]);
  }
}

/** The error for an operation that a store does not offer; `elsewhere` names stores that do. */
export const refused = (store: string, what: string, elsewhere = "memory: or postgres://…"): StoreError =>
  new StoreError("0A000", `${store} cannot do that (${what}): use ${elsewhere}`);

/**
 * True for 40001 and 40P01: PostgreSQL's manual (13.5) says to retry these from BEGIN, with new reads.
 *
 * ```ts
 * console.log(isSerializationFailure(new StoreError("40001")), isSerializationFailure(new StoreError("23505"))); // true false
 * ```
 */
export const isSerializationFailure = (error: unknown): boolean =>
  error instanceof StoreError && (error.code === "40001" || error.code === "40P01");

/** A store has thrown what is no refusal and no lost connection: a mistake of racelab's own, with the stack of the cause. */
export class StoreMistake extends Error {
  override readonly name = "StoreMistake";
  constructor(cause: Error | string) {
    super(typeof cause === "string" ? cause : `a mistake of racelab's own in a store: ${cause.name}: ${cause.message}`);
    if (typeof cause !== "string") this.stack = `${this.message}\n${cause.stack}`;
  }
}

/** What the code itself does wrong, and not the server or the network: their errors are of no such class. */
export const isMistake = (error: unknown): error is Error =>
  [TypeError, RangeError, ReferenceError, SyntaxError].some((kind) => error instanceof kind);

/** The request cannot be carried out; the message is one sentence for the person who asked. */
export class Impossible extends Error {
  override readonly name = "Impossible";
}

/** The lesson cannot be used; the message is one sentence for its author: file and line, what is wrong, what to do. */
export class LessonFault extends Error {
  override readonly name = "LessonFault";
}

/** A server process of a run has ended: it is not known what its requests did, so nothing can be judged. */
export class ServerLost extends Error {
  override readonly name = "ServerLost";
}

/** The store cannot be used (bad URL, no server, foreign file); the message is one sentence: what, where, what to do. */
export class StoreUnavailable extends Error {
  override readonly name = "StoreUnavailable";
}

/** A task cannot be explored; the message says why and what to do instead. `at`: `file:line`; null: not known. */
export class TaskError extends Error {
  override readonly name = "TaskError";
  constructor(
    readonly task: string,
    readonly at: string | null,
    readonly reason: string,
  ) {
    super(`${task}${at ? ` at ${at}` : ""}: ${reason}`);
  }
}

/**
 * The lesson's works lack what the strategy needs (`atomic`, `steps`, `request`, `message`). Every task would fail before
 * its first step, and "holds" would say nothing.
 */
export class NotApplicable extends Error {
  override readonly name = "NotApplicable";
}

/** The message is one sentence for the person who wrote the code or asked, and no mistake of racelab's own. */
export const isSaid = (error: unknown): error is Error =>
  [Impossible, LessonFault, NotApplicable, TaskError].some((kind) => error instanceof kind);
