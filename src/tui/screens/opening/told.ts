/** The steps of the collision as sentences: one each. */

import { capital } from "../../../core/capital.js";
import type { Json } from "../../../core/operation.js";
import type { Step } from "../../../report/trace.js";
import type { Context } from "../../state.js";
import { say } from "../../words.js";
import type { Met } from "./state.js";
import { openingWords } from "./words.js";

/** The number in the row that a step has read or written. */
function numberIn({ event }: Step): string {
  if (!event) return "";
  const { operation, reply } = event;
  const row: unknown = operation.kind === "write" ? operation.row : "value" in reply ? reply.value : null;
  const found = Object.values((row ?? {}) as Readonly<Record<string, Json>>).find((value) => typeof value === "number");
  return found === undefined ? "" : String(found);
}

export function sentencesOnSteps({ steps, tasks }: Met, context: Pick<Context, "language">): readonly string[] {
  const name = (task: number | null): string => say(openingWords.buyer(task ?? 0), context);
  return steps.map((step, index) => {
    const who = name(step.task);
    const other = name(tasks.find((task) => task !== step.task) ?? null);
    const left = numberIn(step);
    const believed = numberIn(steps.find(({ task }) => task !== step.task) ?? step);
    const text =
      index === 0
        ? openingWords.reads(who, left)
        : index === 1
          ? openingWords.readsToo(who, left)
          : index < steps.length - 1
            ? openingWords.saves(who, left, capital(other), believed)
            : openingWords.overwrites(who, left, other);
    return capital(say(text, context));
  });
}
