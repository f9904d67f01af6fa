/** Korean particles, for the sentences of checkers, reports, commands and screens. */

/** The word with the form of the particle that fits its last sound, as it is read aloud: "작업 2가", "작업 3이". */
export function particle(word: string, afterConsonant: string, afterVowel: string): string {
  const spoken = word.replace(/[^\p{L}\p{N}]+$/u, "");
  const syllable = (spoken.at(-1) ?? "").charCodeAt(0) - 0xac00;
  const closes = syllable >= 0 && syllable < 11_172 ? syllable % 28 > 0 : CLOSED.test(spoken);
  return `${word}${closes ? afterConsonant : afterVowel}`;
}
/** Words that end in a consonant when read aloud: 3, l, coupon, pending, stock, shop, table, none; a lone r, but not "order". */
const CLOSED = /(?:[013678lmn]|[aeiou]p|ng|ck|le|one|(?<![a-z])r)$/i;

/** The word with the particle of direction: "order로", "none으로"; the short form also after an l: "stock 98로", "schedule로". */
export function towards(word: string): string {
  const spoken = word.replace(/[^\p{L}\p{N}]+$/u, "");
  const endsInL = /[178l]$|le$/i.test(spoken) || ((spoken.at(-1) ?? "").charCodeAt(0) - 0xac00) % 28 === 8;
  return endsInL ? `${word}로` : particle(word, "으로", "로");
}
