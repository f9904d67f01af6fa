/** The test of a property as an engineer or an author wrote it, guarded: what it throws and what it answers is looked at. */
import { Impossible, messageOf } from "./failure.js";
import { inLanguage, type Language } from "./language.js";
import type { Monitor, Watched } from "./monitor.js";
import type { Property } from "./property.js";
import { sourceLineOf } from "./source-line.js";

/**
 * The property with a test that answers null or one sentence. What its test throws, as an `expect` in it does, is how it is
 * violated: a search that ended there would name neither property nor schedule. `read` reads what else the test answers, and
 * throws where that is no sentence.
 */
export function guarded(property: Property<unknown>, language: Language, read: (answer: unknown) => string): Property {
  if (property.kind === "monitor") return { ...property, monitor: guardedMonitor(property.monitor, language, read) };
  const { test } = property;
  // Hot: a test is called for every state, so the path for null does nothing more.
  const asking = (...given: unknown[]): string | null => {
    let answer: unknown;
    try {
      answer = (test as (...given: unknown[]) => unknown)(...given);
    } catch (error) {
      return threw(error, language);
    }
    return answer === null ? null : read(answer);
  };
  return { ...property, test: asking } as Property;
}

const guardedMonitor = (
  { start, waits, step }: Monitor<unknown>,
  language: Language,
  read: (answer: unknown) => string,
): Monitor => ({
  start: (tasks) => kept(start(tasks), tasks),
  ...(waits && { waits: (watched, task) => kept(waits(watched, task), watched.own.length) }),
  step(watched, event) {
    let after: ReturnType<Monitor<unknown>["step"]>;
    try {
      after = step(watched, event);
    } catch (error) {
      return { broken: threw(error, language) };
    }
    return typeof after === "object" && "broken" in after ? { broken: read(after.broken) } : kept(after, watched.own.length);
  },
});

/** What a monitor remembers has one entry for each task. */
function kept(watched: Watched, tasks: number): Watched {
  if (Array.isArray(watched?.own) && watched.own.length === tasks) return watched;
  throw new Impossible(
    `a monitor returns ${JSON.stringify(watched)}: it returns { own: […] }, with an entry for each of ${tasks} tasks`,
  );
}

function threw(error: unknown, language: Language): string {
  const place = sourceLineOf(error);
  const [message] = messageOf(error).split("\n");
  const what = `${error instanceof Error ? `${error.name}: ` : ""}${message}${place ? ` (${place})` : ""}`;
  return inLanguage({ en: `its test threw ${what}`, ko: `속성의 test가 예외를 던졌습니다: ${what}` }, language);
}

/** What is wrong with the answer of a test that is no sentence. */
export function noSentence(name: string, answer: unknown): string {
  if (answer instanceof Promise) answer.catch(() => {});
  const what = answer instanceof Promise ? "a promise" : answer === "" ? "an empty string" : String(answer);
  return `property "${name}" answers ${what}: its test answers null where it holds, otherwise one sentence that says how not`;
}
