/** How far the learner is with each lesson. */
import { type Standing, standingKey } from "./remembered.js";
import type { Context } from "./state.js";
import { say, screenWords } from "./words.js";

const nothing: Standing = { state: "new", right: 0, all: 0, tries: 0, overProtected: false };

export const standingOf = ({ remembered }: Pick<Context, "remembered">, lesson: string): Standing =>
  (remembered(standingKey(lesson)) as Standing | undefined) ?? nothing;

/** The id of the first lesson that is not solved; null: all are. */
export const nextOf = (context: Pick<Context, "remembered" | "lessons">): string | null =>
  context.lessons.find(({ id, fault }) => !fault && standingOf(context, id).state !== "solved")?.id ?? null;

/** `solved, predicted 11 of 12, 3 tries`; empty for a new lesson. */
export function standingText({ state, right, all, tries, overProtected }: Standing, context: Context): string {
  const how = state === "solved" && overProtected ? screenWords.solvedTooMuch : screenWords.standings[state];
  return [
    state === "solved" || state === "opened" ? say(how, context) : "",
    all > 0 ? say(screenWords.predictedOf(right, all), context) : "",
    tries > 0 ? say(screenWords.triesOf(tries), context) : "",
  ]
    .filter((each) => each !== "")
    .join(", ");
}
