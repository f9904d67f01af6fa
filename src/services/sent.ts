/** The steps of a schedule as each store is sent them. */
import { inLanguage, type Language } from "../core/language.js";
import { messageIn } from "../core/messages.js";
import { findLesson, loadLesson } from "../course/catalog.js";
import type { AskedOperation, SentView, Setting } from "../report/views.js";
import { sentInAll } from "../stacks/sent.js";

/** For each operation; empty where nothing is asked. */
export async function sentSteps(
  { lesson, size = {} }: Setting,
  asked: readonly (AskedOperation | null)[],
  language: Language,
): Promise<readonly (readonly SentView[])[]> {
  const operations = asked.flatMap((one) => one ?? []);
  const sent = await sentInAll(await loadLesson(findLesson(lesson), language), size, operations);
  const rest = sent.values();
  return asked.map((one) =>
    one === null
      ? []
      : (rest.next().value ?? []).map(({ store, lines, beside }) => ({
          store,
          lines,
          says: beside && messageIn(inLanguage(beside, language), language),
        })),
  );
}
