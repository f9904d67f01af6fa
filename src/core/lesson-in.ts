/** A lesson in one language, out of one whose author wrote both. */
import { LessonFault } from "./failure.js";
import { guarded, noSentence } from "./guarded.js";
import type { Language, Text } from "./language.js";
import type { Lesson } from "./lesson.js";
import { messageIn } from "./messages.js";
import type { Property } from "./property.js";

/** The fault of a property that answers no sentence. */
type Refuse = (property: string, says: string) => LessonFault;
const withoutPlace: Refuse = (_, says) => new LessonFault(says);

/** The lesson in one language: its properties answer with a string, so that explorer and threads know of no language. */
export const lessonIn = (language: Language, lesson: Lesson<Text>, refuse: Refuse = withoutPlace): Lesson => ({
  ...lesson,
  scenario(size) {
    const scenario = lesson.scenario(size);
    return { ...scenario, properties: scenario.properties.map((property) => propertyIn(language, property, refuse)) };
  },
});

function propertyIn(language: Language, property: Property<Text>, refuse: Refuse): Property {
  const { name } = property;
  return guarded(property, language, (answer) => {
    if (typeof answer === "string" && answer !== "") return answer;
    if (typeof answer !== "object" || answer instanceof Promise) throw refuse(name, noSentence(name, answer));
    const text = answer as Exclude<Text, string>;
    // An empty sentence would count as "not broken", in this language alone.
    if (!text.en || !text.ko)
      throw refuse(name, `property "${name}" answers in one language only: it is { en: "…", ko: "…" }, or a bare "…"`);
    // Of a store's error that it quotes, too.
    return messageIn(text[language], language);
  });
}
