/**
 * Wrongful rejection: a task was rejected although the rule, asked at that moment, would have said yes. The rows are
 * right and the customer is not served: a fault of progress, not of safety.
 *
 *     request 4   R 9 ─▴~ C ✗   R 8 ─▴~ C ✗   R 7 ─▴~ C ✗   "gave up"      6 pieces are left
 *
 * A history does not contain the rule, so the caller gives it: `accepts(task, rows)`. It is asked with the rows after the
 * task's last operation, because stock may have come back since, and with the final rows, because otherwise nothing is left
 * that it could have had. The explorer and a run ask the same.
 */
import type { Rows } from "../core/operation.js";
import type { Violation } from "../core/verdict.js";
import { rowsAfter, type VersionTrace } from "./versions.js";
import { subject, type Wording } from "./wording.js";

type Accepts = (task: number, rows: Rows) => boolean;

export function wrongfulRejection(trace: VersionTrace, words: Wording, accepts: Accepts): Violation[] {
  const { history } = trace;
  const rows = rowsAfter(history);
  return history.outcomes.flatMap((outcome, index): Violation[] => {
    const task = index + 1;
    const last = history.events.findLast((event) => event.task === task);
    if (outcome?.status !== "rejected" || !last || !accepts(task, rows[last.n - 1]!)) return [];
    if (!accepts(task, history.after)) return [];
    return [
      {
        property: "nobody is turned away who could be served",
        anomaly: "wrongful rejection",
        schedule: null,
        tasks: [task],
        events: [last.n],
        explanation: words.say({
          en: `${words.Task(task)} was rejected (${outcome.detail}) after ${words.step(last.n)}, though the rule, asked at that moment, would have said yes.`,
          ko: `${subject(words, task)} ${words.step(last.n)} 뒤에 거절당했습니다 (${outcome.detail}). 그 순간의 데이터로는 받아 줄 수 있는 요청이었습니다.`,
        }),
      },
    ];
  });
}
