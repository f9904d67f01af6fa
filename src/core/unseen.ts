/**
 * Characters that a terminal obeys or does not show, and those that reorder the line around them: controls, direction marks,
 * what is zero columns wide, blanks of Hangul. Text that came from data, files or the learner's code can hold any of them.
 * The joiner stays within an emoji, which is made with it.
 */
const unseen =
  /(?<!\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]?)\u200d|(?!\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u115f\u1160\u3164\uffa0]/gu;
const plain = /^[\x20-\x7e]*$/;

/** The text with each of these characters as `show` shows it. */
export const seen = (text: string, show: (character: string) => string): string =>
  plain.test(text) ? text : text.replace(unseen, show);
