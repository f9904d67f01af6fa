/** What changed from one model to the next, as lines to be read aloud. What stays the same is not read again. */

import { keyLabel } from "./key-names.js";
import { contextOf, entries, screenOf } from "./keys.js";
import type { Model } from "./state.js";
import { say, screenWords } from "./words.js";

export function spoken(before: Model | null, after: Model): string[] {
  const [over, was] = [after.overlay?.kind, before?.overlay?.kind];
  const notice = after.notice && after.notice !== before?.notice ? [`${after.notice.text.replace(/[.!?]$/, "")}.`] : [];
  if (over !== was) {
    if (over === "help") return keysHere(after);
    if (over === "palette") return [say(screenWords.spoken.typeCommand, after), ...keysHere(after)];
    if (after.overlay?.kind === "ask") return [say(screenWords.spoken.yesOrNo(after.overlay.question), after)];
    if (after.overlay?.kind === "list") return [`${after.overlay.title}.`, ...after.overlay.items.map(spokenItem)];
    if (over === "search") return [say(screenWords.spoken.typeSearch, after)];
    if (before && after.screen === before.screen && after.states === before.states)
      return [...notice, say(screenWords.spoken.closed, after)];
  }
  if (after.overlay?.kind === "list" && before?.overlay?.kind === "list" && before.overlay !== after.overlay) {
    const { items, chosen } = after.overlay;
    return items.flatMap((item, index) => (index === chosen ? spokenItem(item, index) : []));
  }
  const screen = screenOf(after);
  const here = before?.screen === after.screen && before.lesson === after.lesson ? before.states[after.screen] : null;
  const now = after.states[after.screen];
  const changed = here === now ? [] : screen.spoken(here ?? null, now, contextOf(after));
  return [...notice, ...changed];
}

const spokenItem = ({ text }: { readonly text: string }, index: number): string =>
  `${index + 1}: ${text.replace(/ {2,}/g, ", ")}.`;

const keysHere = (model: Model): string[] => [
  say(screenWords.spoken.keysHere, model),
  ...entries({ ...model, overlay: null }, "").map(({ keys, text, why }) => {
    const labels = keys.map((key) => (key.length > 1 ? key : keyLabel(key)));
    return say(screenWords.spoken.key(labels, text, why), model);
  }),
];
