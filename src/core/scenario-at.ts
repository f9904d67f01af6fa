/** The scenario of a lesson at the size that somebody asked for: within limits, or a sentence. */
import { Impossible, isMistake } from "./failure.js";
import { type Lesson, pairsText, type Scenario, type Size } from "./lesson.js";
import { sourceLineOf } from "./source-line.js";
import type { Work } from "./work.js";

/** The weight of an edge in the explored graph is one byte. */
export const MOST_TASKS = 255;
/** Of anything else: rows of a table, keys, servers. A search of 10,000 users did not look at the clock any more. */
const MOST_OF_A_SIZE = 1000;

/** What is wrong with a value of a size; null: nothing. */
export function sizeFault(name: string, value: number): string | null {
  const [least, most] = name === "tasks" ? [1, MOST_TASKS] : [name === "servers" ? 1 : 0, MOST_OF_A_SIZE];
  if (value < least) return `${name}: at least ${least}`;
  return value > most ? `${name}: at most ${most}` : null;
}

/** The size, which notes the names that are read: one that no scenario reads changes nothing, and is a misspelling. */
const noting = (size: Size, names: Set<string>): Size =>
  new Proxy(size, {
    get(target, name, receiver) {
      if (typeof name === "string") names.add(name);
      return Reflect.get(target, name, receiver);
    },
  });

/** `asked`: the values that replace the lesson's own. What the lesson cannot do with them is said, and is no mistake of racelab's. */
export function scenarioAt(
  lesson: Pick<Lesson, "scenario" | "size">,
  size: Size,
  asked: Readonly<Record<string, number>> = {},
): Scenario {
  for (const [name, value] of Object.entries(asked)) {
    const fault = sizeFault(name, value);
    if (fault) throw new Impossible(`--size ${name}=${value}: ${fault}`);
  }
  const known = new Set(["tasks", "servers", ...Object.keys(lesson.size)]);
  const refused = (why: string) => new Impossible(`the lesson has no scenario with ${pairsText(asked)}: ${why}`);
  try {
    // Asked for the names alone: what a scenario keeps of its size crosses processes, and a proxy cannot.
    if (Object.keys(asked).some((name) => !known.has(name))) lesson.scenario(noting(size, known));
    const scenario = lesson.scenario(size);
    const unread = Object.keys(asked).find((name) => !known.has(name));
    if (unread !== undefined)
      throw new Impossible(`--size ${unread}: the lesson has no such size; it has ${[...known].sort().join(", ")}`);
    if (Object.keys(asked).length > 0 && (scenario.tasks as readonly (Work | undefined)[]).includes(undefined))
      throw refused("nobody has anything to do");
    return scenario;
  } catch (error) {
    if (!isMistake(error) || Object.keys(asked).length === 0) throw error;
    const at = sourceLineOf(error);
    throw refused(`${error.message}${at ? ` (${at})` : ""}`);
  }
}
