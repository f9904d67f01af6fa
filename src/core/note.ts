/** What there is to say about one event of a history. `checkers/notes.ts` makes it; pictures and sentences are drawn from it. */

import type { Row } from "./operation.js";

/** Step numbers are those of events (`n` in a history), or of choices where the whole picture is numbered by choice. */
export interface Note {
  /** The task works from a copy that is out of date: the step of the read, the step and the task of the replacement. */
  readonly stale?: { readonly read: number; readonly since: number; readonly by: number };
  /** The writes of other tasks that are lost with this one, by step and task. */
  readonly overwrites?: readonly { readonly n: number; readonly task: number }[];
  /** The columns that the statement set, with their new values, where the store computed them. */
  readonly wrote?: Row;
  /** Another task was faster: nothing is written, and the task is told. */
  readonly conflict?: true;
  /** The first read after a conflict of a row that the task had read before: the number of the retry, from 1. */
  readonly retry?: number;
  /** It was blocked: since which step, and which task released it at which step (absent: not known). */
  readonly waitedFor?: { readonly since: number; readonly task?: number; readonly n?: number };
  /** The copy that this read gave its task is replaced at step `at` by task `by`, before the task reads or writes the row again. */
  readonly goesStale?: { readonly at: number; readonly by: number };
  /** The tasks whose copies are out of date after this event. */
  readonly makesStale?: readonly number[];
}
