/**
 * What can be typed after `:`: the commands of the screen, and phrases, a verb with a word behind it. A phrase is one line until
 * its verb is typed; then each of its words is a line.
 */

import { faultNames } from "../core/fault.js";
import type { Text } from "../core/language.js";
import type { Setting } from "../report/views.js";
import { choicesOf } from "./settings.js";
import type { Command, Context, Next, OpenLesson, Phrase } from "./state.js";
import { screenWords } from "./words.js";

const plain = (text: string): Text => ({ en: text, ko: text });

/** One line: what it completes to, what it says, and the command that it is; null: more has to be typed. */
interface PhraseLine {
  readonly typed: string;
  readonly text: Text;
  /** How it may go on; null: it is whole. */
  readonly example: string | null;
  readonly command: Command | null;
}

/** The lines of a phrase for what is typed; empty: it is another one. */
export function phraseLines<State, M>(phrase: Phrase<State, M>, typed: string): readonly PhraseLine[] {
  const { verb, takes, text } = phrase;
  const [first = "", ...rest] = typed.trimStart().toLowerCase().split(" ");
  const given = rest.join(" ").trim();
  const command = (word: string): Command => ({
    id: `${verb} ${word}`,
    keys: [],
    shown: "",
    text,
    act: (state, context) => phrase.act(state as State, word, context) as Next,
  });
  if (first !== verb) {
    const example = `${verb} ${"example" in takes ? takes.example : (takes[0]?.word ?? "")}`;
    return rest.length === 0 && verb.startsWith(first) ? [{ typed: `${verb} `, text, example, command: null }] : [];
  }
  if ("example" in takes)
    return takes.fits(given)
      ? [{ typed: `${verb} ${given}`, text, example: null, command: command(given) }]
      : [{ typed: `${verb} `, text, example: `${verb} ${takes.example}`, command: null }];
  // What is typed whole comes first: `lesson 1` is not lesson 10.
  return takes
    .filter(({ word, says }) => word.startsWith(given) || says.toLowerCase().includes(given))
    .sort((one, other) => Number(other.word === given) - Number(one.word === given))
    .map(({ word, says }) => ({ typed: `${verb} ${word}`, text: plain(says), example: null, command: command(word) }));
}

export const wholeNumber = (least: number, most: number) => ({
  example: String(least + 1),
  fits: (word: string): boolean => /^\d+$/.test(word) && Number(word) >= least && Number(word) <= most,
});

/** `with`, `order`, `fault` and the names of the lesson's sizes, for a screen that shows a setting. `open` shows another one. */
export function settingPhrases<State, M>(
  { lesson }: Context,
  setting: Setting,
  open: (state: State, setting: Setting, schedule?: string) => Next<State, M>,
): readonly Phrase<State, M>[] {
  const { content } = lesson as OpenLesson;
  const sizes = Object.keys({ ...content.size, ...setting.size });
  return [
    {
      verb: "with",
      text: screenWords.phrases.with,
      takes: content.strategies.map(({ id, summary }) => ({ word: id, says: summary })),
      act: (state, strategy) => open(state, { ...setting, strategy }),
    },
    ...sizes.map(
      (name): Phrase<State, M> => ({
        verb: name,
        text: screenWords.phrases.size(name),
        takes: wholeNumber(1, 9),
        act: (state, word) => open(state, { ...setting, size: { ...setting.size, [name]: Number(word) } }),
      }),
    ),
    {
      verb: "fault",
      text: screenWords.phrases.fault,
      takes: [...faultNames, "none"].map((word) => ({ word, says: word === "none" ? "0" : "1" })),
      act(state, word) {
        const { faults: _, ...without } = setting;
        return open(state, word === "none" ? without : { ...setting, faults: { ...setting.faults, [word]: 1 } });
      },
    },
    {
      verb: "order",
      text: screenWords.phrases.order,
      takes: { example: "1221", fits: (word) => choicesOf(word).join("") === word && word !== "" },
      act: (state, schedule) => open(state, setting, schedule),
    },
  ];
}
