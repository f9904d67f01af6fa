/** What a learner reads, in the languages of the course. */

export type Language = "en" | "ko";

/** A sentence of an author: in both languages, or as a bare string in English only. */
export type Text = string | { readonly en: string; readonly ko: string };

/** The text in this language, or in English where there is none. */
export const inLanguage = (text: Text, language: Language): string => (typeof text === "string" ? text : text[language]);
