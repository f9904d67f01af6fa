/**
 * The one table of commands: those of the screen, the stages of the lesson, and what holds everywhere. Key presses,
 * the hint rows, `?`, `:` and the tests all read it, so none of them can promise what another does not do.
 */
import { screens, stages } from "./screens/index.js";
import { type Command, type Context, type Model, type Overlay, type Screen, tooSmall } from "./state.js";
import { say, screenWords } from "./words.js";

/** `small`: the window is too small for anything else. Else a screen's id, or the overlay that lies over it. */
export type Where = string;
export const whereAmI = ({ size, overlay, screen }: Model): Where => (tooSmall(size) ? "small" : (overlay?.kind ?? screen));

export const screenOf = ({ screen }: Model): Screen => screens.find(({ id }) => id === screen) as Screen;

export const contextOf = (model: Model): Context => ({
  ...model,
  working: model.under_way.flatMap(({ screen, name }) => (screen === model.screen ? [name] : [])),
});

const stay = <State>(state: State) => [state] as const;

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

/** On every screen. */
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

/** While something is looked for, these come before the screen's own. */
const searching: readonly Command[] = [
  {
    id: "next-found",
    keys: ["n"],
    shown: "n/N",
    text: screenWords.nextFound,
    act: (state) => [state, { kind: "find", by: 1 }],
  },
  {
    id: "previous-found",
    keys: ["N"],
    shown: "n/N",
    text: screenWords.nextFound,
    act: (state) => [state, { kind: "find", by: -1 }],
  },
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
const overlays: Readonly<Record<Overlay["kind"], readonly Command[]>> = {
  help: [
    {
      id: "help-down",
      keys: ["down", "pagedown"],
      shown: "↑↓",
      text: screenWords.scroll,
      act: (help: Help) => stay(scrolled(help, 1)),
    },
    {
      id: "help-up",
      keys: ["up", "pageup"],
      shown: "↑↓",
      text: screenWords.scroll,
      act: (help: Help) => stay(scrolled(help, -1)),
    },
    { ...closeOverlay, keys: ["?", "esc", "enter"], shown: "? Esc" },
    { ...interrupt },
  ],
  palette: [
    {
      id: "palette-down",
      keys: ["down"],
      shown: "↑↓",
      text: screenWords.choose,
      act: (it: Palette) => stay({ ...it, chosen: it.chosen + 1 }),
    },
    {
      id: "palette-up",
      keys: ["up"],
      shown: "↑↓",
      text: screenWords.choose,
      act: (it: Palette) => stay({ ...it, chosen: Math.max(0, it.chosen - 1) }),
    },
    { id: "palette-do", keys: ["enter"], shown: "Enter", text: screenWords.doIt, act: (it: Palette) => [it, { kind: "run" }] },
    closeOverlay,
    { ...interrupt },
  ],
  search: [
    { id: "search-do", keys: ["enter"], shown: "Enter", text: screenWords.find, act: (it: Search) => [it, { kind: "run" }] },
    closeOverlay,
    { ...interrupt },
  ],
  list: [
    {
      id: "list-down",
      keys: ["down", "j"],
      shown: "↑↓",
      text: screenWords.choose,
      act: (it: List) => stay(inList(it, it.chosen + 1)),
    },
    {
      id: "list-up",
      keys: ["up", "k"],
      shown: "↑↓",
      text: screenWords.choose,
      act: (it: List) => stay(inList(it, it.chosen - 1)),
    },
    { id: "list-do", keys: ["enter"], shown: "Enter", text: screenWords.doIt, act: (it: List) => [it, { kind: "run" }] },
    {
      id: "list-number",
      keys: ["1", "2", "3", "4", "5", "6", "7", "8", "9"],
      shown: "1-9",
      text: screenWords.chooseNumber,
      act: (it: List, _, key) => (Number(key) > it.items.length ? [it] : [inList(it, Number(key) - 1), { kind: "run" }]),
    },
    { ...closeOverlay, keys: ["esc", "q"] },
    { ...interrupt },
  ],
  ask: [
    { id: "ask-yes", keys: ["y"], shown: "y", text: screenWords.yes, act: (it: Ask) => [it, { kind: "run" }] },
    { ...closeOverlay, keys: ["n", "esc", "q", "enter"], shown: "n", text: screenWords.no },
    { ...interrupt },
  ],
};
type List = Extract<Overlay, { kind: "list" }>;
const inList = (list: List, chosen: number): List => ({ ...list, chosen: Math.max(0, Math.min(list.items.length - 1, chosen)) });
type Ask = Extract<Overlay, { kind: "ask" }>;
type Help = Extract<Overlay, { kind: "help" }>;
type Palette = Extract<Overlay, { kind: "palette" }>;
type Search = Extract<Overlay, { kind: "search" }>;
const scrolled = (help: Help, by: number): Help => ({ ...help, scroll: Math.max(0, help.scroll + by) });

/** The stages of the lesson that is open, by their letters; a screen that needs the letter itself keeps it. */
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

/** Everything that can be done on the screen itself, whatever lies over it. */
export function commandsOf(model: Model): Command[] {
  const own = screenOf(model).commands;
  const ends = model.screen === "lessons" ? quit : back;
  // A screen that has something better to copy than itself keeps the key.
  const others = everywhere.filter(({ id }) => own.every((each) => each.id !== id));
  return [...own, ...stageCommands(model, own), ...others, ends];
}

/** What the keys do right now. */
export function commandsHere(model: Model): Command[] {
  if (tooSmall(model.size)) return [quit, interrupt];
  if (model.overlay) return [...overlays[model.overlay.kind]];
  const all = commandsOf(model);
  return model.found === null ? all : [...searching, ...all];
}

/** What a key does here; undefined: nothing. */
export const commandFor = (model: Model, key: string): Command | undefined =>
  commandsHere(model).find(({ keys }) => keys.includes(key));

/** The state that a command works on. */
export const stateFor = (model: Model): unknown => model.overlay ?? model.states[model.screen];

export const whyOff = (model: Model, command: Command): string | null => {
  if (command.id === "find" && !screenOf(model).items) return say(screenWords.nothingToFind, model);
  return command.off?.(model.states[model.screen], contextOf(model)) ?? null;
};

/** The hints that hold right now, most used first, each once: what is off is not promised. */
export function hints(model: Model): { readonly command: Command; readonly shown: string; readonly text: string }[] {
  const here = commandsHere(model)
    .filter((command) => !command.quiet && command.keys.length > 0 && whyOff(model, command) === null)
    .map((command) => ({ command, shown: command.shown, text: hintText(model, command) }));
  return here.filter(({ shown, text }, index) => here.findIndex((one) => one.shown === shown && one.text === text) === index);
}

const hintText = (model: Model, command: Command): string =>
  (model.overlay ? undefined : command.hint?.(model.states[model.screen], contextOf(model))) ?? say(command.text, model);

/** One line of `?` and of `:`: commands that belong together (`n` and `N`) have one, that is what equal words say. */
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
