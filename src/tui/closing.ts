import { count } from "../report/number.js";
import { visible } from "../report/span.js";
import type { Model } from "./state.js";

/** One line for the normal screen: what was done, and the command that goes on with it. */
export function closingLine({ lesson }: Model, command: string): string {
  const ran = lesson?.content.strategies.flatMap(({ id }) => {
    const of = lesson.results[id]?.observation;
    return of ? [`${id} lost ${Math.abs(of.tally.actual - of.tally.expected)} of ${count(of.requests, "request")}`] : [];
  });
  if (!lesson || !ran || ran.length === 0) return `Nothing was run. Come back with: ${command}`;
  return visible(`${lesson.summary.title}: ${ran.join(", ")}. Go on with: ${command}`);
}
