/** What there is to say about one event of a history: `checkers/notes.ts` finds it, pictures and sentences are made from it. */

/** Steps are numbers of events (`n` in a history), or of choices where the whole picture is numbered by choice. */
export interface Note {
  /** The task works from a copy of a row that another task has replaced: read at which step, out of date since which step, replaced by which task. */
  readonly stale?: { readonly read: number; readonly since: number; readonly by: number };
  /** The writes of other tasks that are lost with this one, by step and task. */
  readonly overwrites?: readonly { readonly n: number; readonly task: number }[];
  /** Another task was faster: nothing is written, and the task is told. */
  readonly conflict?: true;
  /** A second look at a row after a conflict: which attempt of this task it begins; 1 is the first retry. */
  readonly retry?: number;
  /** It was blocked: since which step, and by which task and step where that can be told. */
  readonly waitedFor?: { readonly since: number; readonly task?: number; readonly n?: number };
  /** The copy that this read handed out is replaced at this step, before its task looks or writes again. */
  readonly goesStale?: { readonly at: number; readonly by: number };
  /** The tasks whose copies are out of date from here on. */
  readonly makesStale?: readonly number[];
}
