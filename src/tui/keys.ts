/**
 * The one table of commands: those of the screen, the letters of the stages, and the commands of every screen. Key
 * presses, the hint rows, `?`, `:` and the tests all read it, so no hint promises a key that does nothing. A key has one
 * meaning on a screen, with one exception: while something is looked for, `n`, `N` and Esc go on with the search.
 */
import type { Text } from "../core/language.js";
import { builders } from "./builders.js";
import { screens, stages } from "./screens/index.js";
import { type Command, type Context, type Model, type Overlay, type Screen, tooSmall } from "./state.js";
import { say, screenWords } from "./words.js";

export const screenOf = ({ screen }: Model): Screen => screens.find(({ id }) => id === screen) as Screen;

export const contextOf = (model: Model): Context => ({
  ...model,
  working: model.underWay.flatMap(({ screen, name }) => (screen === model.screen ? [name] : [])),
});

const interrupt: Command = {
  id: "interrupt",
  keys: ["ctrl+c"],
  shown: "Ctrl+C",
  text: screenWords.interrupt,
  quiet: true,
  act: (state) => [state, { kind: "stop" }],
};
const quit: Command = {
  id: "quit",
  keys: ["q"],
  shown: "q",
  text: screenWords.quit,
  stays: true,
  act: (state) => [state, { kind: "quit", code: 0 }],
};

/** Commands of every screen. */
const everywhere: readonly Command[] = [
  {
    id: "find",
    keys: ["/"],
    shown: "/",
    text: screenWords.find,
    act: (state) => [state, { kind: "overlay", overlay: { kind: "search", typed: "" } }],
  },
  {
    id: "palette",
    keys: [":", "ctrl+p"],
    shown: ":",
    text: screenWords.palette,
    act: (state) => [state, { kind: "overlay", overlay: { kind: "palette", typed: "", chosen: 0 } }],
  },
  {
    id: "repaint",
    keys: ["ctrl+l"],
    shown: "Ctrl+L",
    text: screenWords.repaint,
    quiet: true,
    act: (state) => [state, { kind: "repaint" }],
  },
  {
    id: "suspend",
    keys: ["ctrl+z"],
    shown: "Ctrl+Z",
    text: screenWords.suspend,
    quiet: true,
    act: (state) => [state, { kind: "suspend" }],
  },
  {
    id: "theme",
    keys: ["T"],
    shown: "T",
    text: screenWords.themeKey,
    quiet: true,
    act: (state) => [state, { kind: "theme" }],
  },
  {
    id: "copy",
    keys: ["y"],
    shown: "y",
    text: screenWords.copy,
    quiet: true,
    act: (state) => [state, { kind: "copy" }],
  },
  interrupt,
  {
    id: "help",
    keys: ["?"],
    shown: "?",
    text: screenWords.allKeys,
    stays: true,
    act: (state) => [state, { kind: "overlay", overlay: { kind: "help", typed: "", scroll: 0 } }],
  },
];

const back: Command = {
  id: "back",
  keys: ["q", "esc"],
  shown: "q",
  text: screenWords.back,
  stays: true,
  act: (state) => [state, { kind: "back" }],
};

/** While something is looked for, these come before the screen's own commands. */
const searching: readonly Command[] = [
  ...builders().nextPrevious("found", screenWords.nextFound, (state, by) => [state, { kind: "find", by }]),
  {
    id: "end-search",
    keys: ["esc"],
    shown: "Esc",
    text: screenWords.close,
    act: (state) => [state, { kind: "find", by: 0 }],
  },
];

const closeOverlay: Command = {
  id: "close",
  keys: ["esc"],
  shown: "Esc",
  text: screenWords.close,
  stays: true,
  act: (overlay) => [overlay, { kind: "overlay", overlay: null }],
};
type Lying<Kind extends Overlay["kind"]> = Extract<Overlay, { kind: Kind }>;
const inHelp = builders<Lying<"help">>();
const inPalette = builders<Lying<"palette">>();
const inList = builders<Lying<"list">>();

/** Marks an item; past either end of the list, the first or the last one. */
const marked = (list: Lying<"list">, chosen: number): Lying<"list"> => ({
  ...list,
  chosen: Math.max(0, Math.min(list.items.length - 1, chosen)),
});

/** The key that does what the overlay offers: the marked command, the search, yes. */
const done = (id: string, key: string, shown: string, text: Text): Command => ({
  id,
  keys: [key],
  shown,
  text,
  act: (overlay) => [overlay, { kind: "run" }],
});

const overlays: Readonly<Record<Overlay["kind"], readonly Command[]>> = {
  help: [
    ...inHelp.pair(
      ["help-down", ["down", "pagedown"], 1],
      ["help-up", ["up", "pageup"], -1],
      "↑↓",
      screenWords.scroll,
      (help, by) => [{ ...help, scroll: Math.max(0, help.scroll + by) }],
    ),
    { ...closeOverlay, keys: ["?", "esc", "enter"], shown: "? Esc" },
    interrupt,
  ],
  palette: [
    // The typed words decide how many commands there are, so the upper limit is applied where the list is known.
    ...inPalette.pair(["palette-down", ["down"], 1], ["palette-up", ["up"], -1], "↑↓", screenWords.choose, (palette, by) => [
      { ...palette, chosen: Math.max(0, palette.chosen + by) },
    ]),
    done("palette-do", "enter", "Enter", screenWords.doIt),
    closeOverlay,
    interrupt,
  ],
  search: [done("search-do", "enter", "Enter", screenWords.find), closeOverlay, interrupt],
  list: [
    ...inList.pair(["list-down", ["down", "j"], 1], ["list-up", ["up", "k"], -1], "↑↓", screenWords.choose, (list, by) => [
      marked(list, list.chosen + by),
    ]),
    done("list-do", "enter", "Enter", screenWords.doIt),
    inList.digits("list-number", screenWords.chooseNumber, (list, index) =>
      index < list.items.length ? [marked(list, index), { kind: "run" }] : [list],
    ),
    { ...closeOverlay, keys: ["esc", "q"] },
    interrupt,
  ],
  ask: [
    done("ask-yes", "y", "y", screenWords.yes),
    { ...closeOverlay, keys: ["n", "esc", "q", "enter"], shown: "n", text: screenWords.no },
    interrupt,
  ],
};

/** The other stages of the open lesson, by their letters. Where the screen uses that letter itself, only `:` leads there. */
function stageCommands(model: Model, taken: readonly Command[]): Command[] {
  if (!model.lesson || model.screen === "lessons") return [];
  return stages
    .filter(({ id }) => id !== model.screen)
    .map(({ id, title, stage = "" }) => ({
      id: `stage-${id}`,
      keys: taken.some(({ keys }) => keys.includes(stage)) ? [] : [stage],
      shown: stage,
      text: title,
      quiet: true,
      act: (state) => [state, { kind: "go", to: id }],
    }));
}

/** All commands of the screen, without those of an overlay. */
export function commandsOf(model: Model): Command[] {
  const own = screenOf(model).commands;
  const ends = model.screen === "lessons" ? quit : back;
  // A screen's own command replaces the common one of that id: `copy` of the comparison copies the figures.
  const others = everywhere.filter(({ id }) => own.every((each) => each.id !== id));
  return [...own, ...stageCommands(model, own), ...others, ends];
}

/** The commands that keys reach now. */
export function commandsHere(model: Model): Command[] {
  if (tooSmall(model.size)) return [quit, interrupt];
  if (model.overlay) return [...overlays[model.overlay.kind]];
  const all = commandsOf(model);
  return model.sought === null ? all : [...searching, ...all];
}

/** The command of a key; undefined: the key does nothing here. */
export const commandFor = (model: Model, key: string): Command | undefined =>
  commandsHere(model).find(({ keys }) => keys.includes(key));

/** The state that a command changes: the overlay's, else the screen's. */
export const stateFor = (model: Model): unknown => model.overlay ?? model.states[model.screen];

export const whyOff = (model: Model, command: Command): string | null => {
  if (command.id === "find" && !screenOf(model).items) return say(screenWords.nothingToFind, model);
  return command.off?.(model.states[model.screen], contextOf(model)) ?? null;
};

/** The hints, in the order of the table, each once. Commands that are off have none. */
export function hints(model: Model): { readonly command: Command; readonly shown: string; readonly text: string }[] {
  const here = commandsHere(model)
    .filter((command) => !command.quiet && command.keys.length > 0 && whyOff(model, command) === null)
    .map((command) => ({ command, shown: command.shown, text: hintText(model, command) }));
  return here.filter(({ shown, text }, index) => here.findIndex((one) => one.shown === shown && one.text === text) === index);
}

const hintText = (model: Model, command: Command): string =>
  (model.overlay ? undefined : command.hint?.(model.states[model.screen], contextOf(model))) ?? say(command.text, model);

/** One line of `?` and `:`. Commands with the same text (`n` and `N`) share a line. */
export interface Entry {
  readonly command: Command;
  readonly keys: readonly string[];
  readonly text: string;
  readonly why: string | null;
}

export function entries(model: Model, typed: string): Entry[] {
  const found = new Map<string, Entry>();
  for (const command of commandsOf(model)) {
    const text = say(command.text, model);
    const known = found.get(text);
    found.set(text, {
      command: known?.command ?? command,
      keys: [...(known?.keys ?? []), ...command.keys],
      text,
      why: known ? known.why : whyOff(model, command),
    });
  }
  const sought = typed.toLowerCase().split(" ");
  return [...found.values()].filter(({ text, command }) =>
    sought.every((word) => `${text} ${command.id} ${command.keys.join(" ")}`.toLowerCase().includes(word)),
  );
}
