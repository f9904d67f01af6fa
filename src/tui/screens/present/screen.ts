/**
 * A lesson for a room: one beat after the other, large, without hints. `racelab present` opens it, and with `--notes` what the
 * speaker reads; the two terminals follow each other. The keys are those that a clicker sends, too: PageDown and PageUp, `b` and
 * the full stop. The digits lead to the stages of the lesson, live, and Esc back to the beat.
 */
import { setTimeout as delay } from "node:timers/promises";
import type { Searched } from "../../../report/views.js";
import { builders } from "../../builders.js";
import { searchStatus } from "../../parts/searching.js";
import type { Place } from "../../services.js";
import type { BackgroundWork, Command, Context, Next, OpenLesson, Screen } from "../../state.js";
import { find } from "./find.js";
import { spokenPresent } from "./spoken.js";
import { beatBy, type Found, type PresentState, presentationOf, withFound } from "./state.js";
import { beatOf, presentView } from "./view.js";
import { presentWords } from "./words.js";

type Message =
  | { readonly kind: "searched"; readonly searched: Searched }
  | { readonly kind: "found"; readonly found: Found }
  | { readonly kind: "placed"; readonly place: Place }
  | { readonly kind: "second" }
  /** Nothing is searched any more, or nobody is followed. */
  | { readonly kind: "over" };
type Act = Next<PresentState, Message>;

/** What the command line opens it on. */
interface PresentGiven {
  readonly notes: boolean;
}

/** All that the beats show. */
const finding = (lesson: OpenLesson): BackgroundWork<Message> => ({
  name: "explore",
  quiet: true,
  async run({ explorer }, tell, signal) {
    const on = (searched: Searched): void => tell({ kind: "searched", searched });
    const found = await find(lesson, explorer, { on, soFar: (found) => tell({ kind: "found", found }) }, signal);
    return { kind: "found", found };
  },
});

/** Where the other terminal goes. */
const following = ({ summary }: OpenLesson): BackgroundWork<Message> => ({
  name: "follow",
  background: true,
  async run({ presenting }, tell, signal) {
    await presenting.follow(summary.id, (place) => tell({ kind: "placed", place }), signal);
    return { kind: "over" };
  },
});

/** The clock of the speaker. */
const ticking: BackgroundWork<Message> = {
  name: "clock",
  background: true,
  async run(_, tell, signal) {
    for (;;) {
      await delay(1000, undefined, { signal });
      tell({ kind: "second" });
    }
  },
};

/** Says where this terminal is now. */
const told = (state: PresentState, { lesson }: Context): Act => [
  state,
  {
    kind: "work",
    work: {
      name: "tell",
      quiet: true,
      async run({ presenting }) {
        presenting.tell((lesson as OpenLesson).summary.id, state.place);
        return { kind: "over" };
      },
    },
  },
];

const command = builders<PresentState, Message>();

const commands: readonly Command<PresentState, Message>[] = [
  command.one({
    id: "next-beat",
    keys: ["right", "enter", "space", "pagedown", "down", "n", "l", "j"],
    shown: "→",
    text: presentWords.on,
    primary: true,
    act: (state, context) => told(beatBy(state, 1), context),
  }),
  command.one({
    id: "previous-beat",
    keys: ["left", "pageup", "up", "backspace", "p", "h", "k"],
    shown: "←",
    text: presentWords.back,
    act: (state, context) => told(beatBy(state, -1), context),
  }),
  command.one({
    id: "blank",
    keys: ["b", ".", ","],
    shown: "b .",
    text: presentWords.blank,
    act: (state, context) => told({ ...state, place: { ...state.place, blank: !state.place.blank } }, context),
  }),
  ...command.firstLast(
    { id: "first-beat", text: presentWords.first, act: (state, context) => told(beatBy(state, -state.beats.length), context) },
    { id: "last-beat", text: presentWords.last, act: (state, context) => told(beatBy(state, state.beats.length), context) },
  ),
];

export const present: Screen<PresentState, Message> = {
  id: "present",
  title: presentWords.title,
  commands,
  open({ lesson }, given) {
    const { notes = false } = (given ?? {}) as Partial<PresentGiven>;
    const open = lesson as OpenLesson;
    return [
      presentationOf(open, notes),
      { kind: "work", work: finding(open) },
      { kind: "work", work: following(open) },
      ...(notes ? [{ kind: "work" as const, work: ticking }] : []),
    ];
  },
  update(state, message, { lesson }) {
    switch (message.kind) {
      case "searched":
        return [{ ...state, searched: message.searched }];
      case "found":
        return [withFound({ ...state, searched: null }, lesson as OpenLesson, message.found)];
      case "placed":
        return [{ ...state, place: message.place }];
      case "second":
        return [{ ...state, seconds: state.seconds + 1 }];
      case "over":
        return [state];
    }
  },
  ended: (state) => [{ ...state, searched: null }],
  view: presentView,
  bare: ({ notes, place }) => (notes ? null : place.blank ? "nothing" : "no keys"),
  status: ({ searched, notes }, context) => (notes ? searchStatus(searched, context) : null),
  aside: beatOf,
  spoken: spokenPresent,
};
