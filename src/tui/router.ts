/**
 * The behaviour of all screens together: a model and a message in, the next model and effects out, without side effects. The
 * router keeps which screen is on top, what lies over it (`?`, `:`, `/`, a list, a question) and which work is under
 * way. It knows no screen's state.
 */
import { rowText } from "../report/text.js";
import { commandFor, commandsOf, contextOf, type Entry, paletteEntries, screenOf, stateFor, whyOff } from "./keys.js";
import { frame } from "./parts/frame.js";
import { stageAt } from "./parts/rail.js";
import { positionIn } from "./position.js";
import { stagesDoneKey } from "./remembered.js";
import { screens } from "./screens/index.js";
import { stagesDone } from "./stages.js";
import {
  type Action,
  type Command,
  type Context,
  type Effect,
  type Model,
  type Next,
  type Overlay,
  type ProgramMessage,
  type Screen,
  tooSmall,
} from "./state.js";
import { say, screenWords } from "./words.js";

type NextModel = readonly [Model, readonly Effect[]];
const stay = (model: Model): NextModel => [model, []];

/** The model on the list of lessons. */
export function start(given: Pick<Model, "size" | "lessons" | "store" | "workers" | "language" | "remembered">): Model {
  const model: Model = {
    ...given,
    lesson: null,
    notice: null,
    screen: "lessons",
    states: {},
    overlay: null,
    sought: null,
    trail: [],
    underWay: [],
  };
  const [state] = screenOf(model).open(contextOf(model));
  return { ...model, states: { lessons: state } };
}

export function update(model: Model, message: ProgramMessage): NextModel {
  const [next, effects] = updated(model, message);
  return [next, [...effects, ...newlyDone(model, next)]];
}

/** Remembers the stages that have just been done. */
function newlyDone(before: Model, after: Model): readonly Effect[] {
  if (!after.lesson || before.states === after.states) return [];
  const key = stagesDoneKey(after.lesson.summary.id);
  const kept = (after.remembered(key) as readonly string[] | undefined) ?? [];
  const done = stagesDone(after, contextOf(after));
  return done.length > kept.length ? [{ kind: "remember", key, value: done }] : [];
}

function updated(model: Model, message: ProgramMessage): NextModel {
  switch (message.kind) {
    case "key":
      return press({ ...model, notice: null }, message.key);
    case "resized":
      return stay({ ...model, size: message.size });
    case "opened": {
      const { summary, content, to, given } = message;
      const states = { lessons: model.states["lessons"] };
      const now = { ...model, lesson: { summary, content }, states, trail: [], underWay: [] };
      const first = screens.find((screen) => screen.begins?.(contextOf(now)))?.id ?? FIRST;
      return doAll(now, [{ kind: "go", to: to ?? first, ...(given !== undefined && { given }) }]);
    }
    case "told":
      return tell(model, message.screen, (screen, state, context) => screen.update(state, message.message, context));
    case "ended":
      return ended(model, message);
    case "noticed":
      return stay({ ...model, notice: { text: message.what, bad: false } });
    case "failed":
      return stay({ ...model, notice: { text: message.what, bad: true } });
  }
}

/** Changes the state of one screen, on top or not, and does what it asks for. */
function tell(model: Model, id: string, change: (screen: Screen, state: unknown, context: Context) => Next): NextModel {
  const screen = screens.find((one) => one.id === id);
  if (!screen || !(id in model.states)) return stay(model);
  const [state, ...actions] = change(screen, model.states[id], contextOf(model));
  return doAll({ ...model, states: { ...model.states, [id]: state } }, actions, id);
}

function ended(model: Model, { screen, name, how, what }: Extract<ProgramMessage, { kind: "ended" }>): NextModel {
  const underWay = model.underWay.filter((one) => one.screen !== screen || one.name !== name);
  const notice =
    how === "done"
      ? model.notice
      : how === "failed"
        ? { text: what ?? "", bad: true }
        : { text: say(screenWords.stopped, model), bad: false };
  const now = { ...model, underWay, notice };
  if (how === "done") return stay(now);
  return tell(now, screen, (one, state, context) => one.ended?.(state, name, how, context) ?? [state]);
}

function press(model: Model, key: string): NextModel {
  const [, column, line] = /^click (\d+) (\d+)$/.exec(key) ?? [];
  if (column !== undefined) return clicked(model, Number(column) - 1, Number(line) - 1);
  const command = commandFor(model, key);
  if (command) return perform(model, command, key);
  if (!model.overlay) return stay(model);
  const overlay = typed(model.overlay, key);
  return overlay.kind === "search" ? lookFor({ ...model, overlay }, overlay) : stay({ ...model, overlay });
}

/** The line of the stages is the second one. */
const RAIL = 1;

/** A click on a stage goes there, as its digit does; other clicks do nothing. */
function clicked(model: Model, column: number, line: number): NextModel {
  const stage = model.overlay || line !== RAIL || tooSmall(model.size) ? undefined : stageAt(model, column);
  const command = stage === undefined ? undefined : commandsOf(model).find(({ id }) => id === `stage-${stage}`);
  return command ? perform(model, command, "") : stay(model);
}

function perform(model: Model, command: Command, key: string): NextModel {
  const off = model.overlay ? null : whyOff(model, command);
  if (off !== null) return stay({ ...model, notice: { text: say(screenWords.notNow(off), model), bad: false } });
  const [state, ...actions] = command.act(stateFor(model), contextOf(model), key);
  if (model.overlay) return doAll({ ...model, overlay: state as Overlay }, actions);
  return doAll({ ...model, states: { ...model.states, [model.screen]: state } }, actions);
}

/** The overlay after a character or a backspace. Lists and questions take no text. */
function typed(overlay: Overlay, key: string): Overlay {
  const character = key === "space" ? " " : key;
  const text =
    key === "backspace" ? overlay.typed.slice(0, -1) : [...character].length === 1 ? overlay.typed + character : overlay.typed;
  if (overlay.kind === "ask" || overlay.kind === "list") return overlay;
  if (overlay.kind === "palette") return { ...overlay, typed: text, chosen: 0 };
  return overlay.kind === "help" ? { ...overlay, typed: text, scroll: 0 } : { ...overlay, typed: text };
}

/** Does the actions that `screen` asked for. What the model alone cannot do is returned as effects. */
function doAll(model: Model, actions: readonly Action[], screen = model.screen): NextModel {
  let now = model;
  const effects: Effect[] = [];
  for (const action of actions) {
    const [next, more] = doOne(now, action, screen);
    now = next;
    effects.push(...more);
  }
  return [now, effects];
}

function doOne(model: Model, action: Action, screen: string): NextModel {
  switch (action.kind) {
    case "go":
      return go({ ...model, trail: action.detour ? [...model.trail, screen] : [] }, action.to, action.given);
    case "back": {
      const before = model.trail.at(-1);
      if (before === undefined) return doOne(model, { kind: "lessons" }, screen);
      return stay({ ...at(model, before), trail: model.trail.slice(0, -1) });
    }
    case "lessons":
      return stay({ ...model, screen: "lessons", overlay: null, sought: null, trail: [] });
    case "say":
      return stay({ ...model, notice: { text: action.text, bad: action.bad ?? false } });
    case "overlay": {
      const { overlay } = action;
      const from = screenOf(model).at?.(model.states[model.screen], contextOf(model)) ?? 0;
      return stay({ ...model, overlay: overlay?.kind === "search" ? { ...overlay, from } : overlay });
    }
    case "find":
      if (action.by !== 0) return find(model, action.by);
      return model.overlay?.kind === "search" ? selected(model, model.overlay.from) : stay({ ...model, sought: null });
    case "complete":
      return stay(completed(model));
    case "run":
      if (model.overlay?.kind === "list") {
        const { items, chosen } = model.overlay;
        return doOne({ ...model, overlay: null }, items[chosen]?.leadsTo ?? { kind: "overlay", overlay: null }, screen);
      }
      if (model.overlay?.kind === "ask") return doOne({ ...model, overlay: null }, model.overlay.then, screen);
      return model.overlay?.kind === "search" ? search(model, model.overlay.typed) : runChosen(model);
    case "tell":
      return tell(model, screen, (one, state, context) => one.update(state, action.message, context));
    case "copy":
      return [model, [{ kind: "copy", text: action.text ?? frameText(model) }]];
    case "work": {
      const { name, quiet } = action.work;
      if (action.work.background) return [model, [{ kind: "work", screen, work: action.work }]];
      const others = model.underWay.filter((one) => one.screen !== screen || one.name !== name);
      return [
        { ...model, underWay: [...others, { screen, name, ...(quiet && { quiet }) }] },
        [{ kind: "work", screen, work: action.work }],
      ];
    }
    case "stop":
      if (action.name !== undefined) return [model, [action]];
      return model.underWay.length > 0 ? [model, [action]] : [model, [{ kind: "quit", code: 130 }]];
    case "open": {
      // The lesson that is open already keeps its states and results.
      if (model.lesson?.summary.id === action.summary.id && action.given === undefined)
        return go({ ...model, trail: [] }, action.to ?? lastOf(model), undefined);
      const position = action.to === undefined ? positionIn(model.remembered, action.summary.id) : null;
      return [
        model,
        [{ kind: "stop", background: true }, position ? { ...action, to: position.screen, given: position.given } : action],
      ];
    }
    default:
      return [model, [action]];
  }
}

const frameText = (model: Model): string =>
  `${frame(model)
    .map((each) => rowText(each, "unicode").trimEnd())
    .join("\n")
    .trimEnd()}\n`;

/** Where a lesson begins. */
const FIRST = "story";
/** The id of the screen of the lesson that was on top last. */
const lastOf = ({ states }: Model): string => String(states["last"] ?? FIRST);

/** With that screen on top, as the learner left it. */
const at = (model: Model, id: string): Model => ({
  ...model,
  screen: id,
  overlay: null,
  sought: null,
  states: { ...model.states, last: id },
});

function go(model: Model, to: string, given: unknown): NextModel {
  const screen = screens.find(({ id }) => id === to);
  if (!screen) return stay({ ...model, notice: { text: say(screenWords.noScreen(to), model), bad: true } });
  const there = at(model, to);
  if (to in model.states && given === undefined) return stay(there);
  const [state, ...actions] = screen.open(contextOf(there), given);
  return doAll({ ...there, states: { ...there.states, [to]: state } }, actions, to);
}

/** The line that is marked in the palette. */
function marked(model: Model): Entry | undefined {
  if (model.overlay?.kind !== "palette") return undefined;
  const found = paletteEntries(model, model.overlay.typed);
  return found[Math.min(model.overlay.chosen, found.length - 1)];
}

/** What is typed in the palette becomes the marked line. */
function completed(model: Model): Model {
  const entry = marked(model);
  return entry && model.overlay?.kind === "palette"
    ? { ...model, overlay: { ...model.overlay, typed: entry.completed, chosen: 0 } }
    : model;
}

/** Runs the command that is marked in the palette. A phrase that wants a word is completed instead. */
function runChosen(model: Model): NextModel {
  const entry = marked(model);
  if (!entry) return stay({ ...model, notice: { text: say(screenWords.noCommand, model), bad: false } });
  if (!entry.command) return stay(completed(model));
  return perform({ ...model, overlay: null }, entry.command, entry.keys[0] ?? "");
}

function search(model: Model, sought: string): NextModel {
  const now = { ...model, overlay: null, sought: sought === "" ? null : sought };
  return sought === "" ? stay(now) : find(now, 1, true);
}

/** Goes to the first line with what is typed so far, from where the search began; without one it stays. */
function lookFor(model: Model, { typed, from }: Extract<Overlay, { kind: "search" }>): NextModel {
  if (typed === "") return selected(model, from);
  const items = screenOf(model).items?.(model.states[model.screen], contextOf(model)) ?? [];
  const hits = items.flatMap((item, index) => (item.toLowerCase().includes(typed.toLowerCase()) ? [index] : []));
  const next = hits.find((index) => index >= from) ?? hits[0];
  return next === undefined ? stay(model) : selected(model, next);
}

/** Goes to that line of the screen. */
function selected(model: Model, index: number): NextModel {
  const state = model.states[model.screen];
  const [moved, ...actions] = screenOf(model).select?.(state, index, contextOf(model)) ?? [state];
  return doAll({ ...model, states: { ...model.states, [model.screen]: moved } }, actions);
}

/** Goes to the next (or previous) line that contains the text; with `here` the current line counts, too. */
function find(model: Model, by: 1 | -1, here = false): NextModel {
  const screen = screenOf(model);
  const context = contextOf(model);
  const state = model.states[model.screen];
  const items = screen.items?.(state, context) ?? [];
  const sought = (model.sought ?? "").toLowerCase();
  const hits = items.flatMap((item, index) => (item.toLowerCase().includes(sought) ? [index] : []));
  const at = screen.at?.(state, context) ?? 0;
  const next =
    by > 0
      ? (hits.find((index) => index > at || (here && index === at)) ?? hits[0])
      : (hits.findLast((index) => index < at) ?? hits.at(-1));
  if (next === undefined)
    return stay({ ...model, sought: null, notice: { text: say(screenWords.notFound(model.sought ?? ""), model), bad: false } });
  const notice = { text: say(screenWords.foundAt(hits.indexOf(next) + 1, hits.length, model.sought ?? ""), model), bad: false };
  return selected({ ...model, notice }, next);
}
