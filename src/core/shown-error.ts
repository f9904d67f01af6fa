/** The built-in property "nobody is shown an error": an error that the code of a task does not catch reaches its client. */
import { type FailureCode, StoreError } from "./failure.js";
import type { Text } from "./language.js";
import { messageIn } from "./messages.js";
import type { Outcome } from "./work.js";

/** The outcome of a task that threw. `at`: the line of its code, if it is known and no step says it. */
export const thrown = (error: unknown, detail: string, at: string | null = null): Outcome => ({
  status: "failed",
  detail,
  ...(error instanceof StoreError ? { code: error.code } : { code: null, ...(at && { at }) }),
});

/** What tasks are called in the sentence: "task" where they are explored, "request" where threads run them. */
interface Noun {
  readonly en: string;
  readonly ko: string;
}

/**
 * The first task that ends with an error whose code is not among `failures`, and the sentence about it; null: there is none.
 * An error that is no `StoreError` always counts. An end that the task did not throw itself (a deadline) does not.
 */
export function shownError(
  outcomes: readonly (Outcome | undefined)[],
  failures: readonly FailureCode[],
  noun: Noun,
): { readonly task: number; readonly says: Exclude<Text, string> } | null {
  for (const [i, outcome] of outcomes.entries()) {
    if (outcome?.status !== "failed" || outcome.code === undefined) continue;
    if (outcome.code !== null && failures.includes(outcome.code)) continue;
    const task = i + 1;
    const at = outcome.at ? ` (${outcome.at})` : "";
    return {
      task,
      says: {
        en: `${noun.en} ${task} ends with an error that nothing catches: ${outcome.detail}${at}`,
        ko: `${noun.ko} ${task}번이 아무 데서도 잡지 않은 오류로 끝납니다: ${messageIn(outcome.detail, "ko")}${at}`,
      },
    };
  }
  return null;
}
