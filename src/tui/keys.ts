/**
 * The one table of commands: those of the screen, the digits of the stages, and the commands of every screen. Key
 * presses, the hint rows, `?`, `:` and the tests all read it, so no hint promises a key that does nothing. A key has one
 * meaning on a screen, with one exception: while something is looked for, `n`, `p` and Esc go on with the search. Enter is the
 * screen's primary action, and leads to the next stage when the stage is done; Esc goes one level up. No capital letter has a
 * meaning: Caps Lock would change it.
 */
import type { Text } from "../core/language.js";
import type { TextRow } from "../report/span.js";
import { builders } from "./builders.js";
import { phraseLines } from "./phrases.js";
import { screens, stages } from "./screens/index.js";
import { stageOf, stagesDone } from "./stages.js";
import { type Command, type Context, type Group, type Model, type Overlay, type Phrase, type Screen, tooSmall } from "./state.js";
import { say, screenWords } from "./words.js";

export const screenOf = ({ screen }: Model): Screen => screens.find(({ id }) => id === screen) as Screen;

export const contextOf = (model: Model): Context => ({
  ...model,
  seeking: model.overlay?.kind === "search" ? model.overlay.typed : null,
  working: model.underWay.flatMap(({ screen, name }) => (screen === model.screen ? [name] : [])),
});

/** What the marks on the screen mean; empty: it draws none. */
export const legendOf = (model: Model): readonly TextRow[] =>
  screenOf(model).legend?.(model.states[model.screen], contextOf(model)) ?? [];

const interrupt: Command = {
  id: "interrupt",
  keys: ["ctrl+c"],
  shown: "Ctrl+C",
  text: screenWords.interrupt,
  quiet: true,
  group: "everywhere",
  act: (state) => [state, { kind: "stop" }],
};
const quit: Command = {
  id: "quit",
  keys: ["q"],
  shown: "q",
  text: screenWords.quit,
  stays: true,
  group: "everywhere",
  act: (state) => [state, { kind: "quit", code: 0 }],
};

const inGroup = (group: Group, commands: readonly Command[]): readonly Command[] => commands.map((each) => ({ ...each, group }));

/** Commands of every screen. */
const everywhere: readonly Command[] = inGroup("everywhere", [
  {
    id: "find",
    keys: ["/"],
    shown: "/",
    text: screenWords.find,
    act: (state) => [state, { kind: "overlay", overlay: { kind: "search", typed: "", from: 0 } }],
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
    keys: ["ctrl+t"],
    shown: "Ctrl+T",
    text: screenWords.themeKey,
    quiet: true,
    act: (state) => [state, { kind: "theme" }],
  },
  {
    id: "mouse",
    keys: ["m"],
    shown: "m",
    text: screenWords.mouseKey,
    quiet: true,
    act: (state) => [state, { kind: "mouse" }],
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
]);

const back: Command = {
  id: "back",
  keys: ["esc"],
  shown: "Esc",
  text: screenWords.back,
  stays: true,
  group: "go",
  hint: (_, context) => say(context.trail.length > 0 ? screenWords.oneBack : screenWords.back, context),
  act: (state) => [state, { kind: "back" }],
};
const toLessons: Command = {
  id: "lessons",
  keys: [],
  shown: "",
  text: screenWords.back,
  group: "go",
  act: (state) => [state, { kind: "lessons" }],
};

/** For an instructor, and for the way back to a talk from a stage. */
const toPresentation: Command = {
  id: "present",
  keys: [],
  shown: "",
  text: screenWords.present,
  group: "go",
  act: (state) => [state, { kind: "go", to: "present", detour: true }],
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
/** Esc while one types what to find: back to the line where the search began. */
const leaveSearch: Command = {
  ...closeOverlay,
  act: (overlay) => [overlay, { kind: "find", by: 0 }, { kind: "overlay", overlay: null }],
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
  primary: true,
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
    {
      id: "palette-complete",
      keys: ["tab"],
      shown: "Tab",
      text: screenWords.complete,
      act: (palette) => [palette, { kind: "complete" }],
    },
    closeOverlay,
    interrupt,
  ],
  search: [done("search-do", "enter", "Enter", screenWords.find), leaveSearch, interrupt],
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

/**
 * The stages of the open lesson, by their digits. Where digits mean something else on the screen, `g` and a digit lead there:
 * `g` lists them everywhere.
 */
function stageCommands(model: Model, own: readonly Command[]): Command[] {
  if (!model.lesson || model.screen === "lessons") return [];
  const taken = own.some(({ keys }) => keys.includes("1"));
  const here = stageOf(model.screen)?.id;
  const each = stages.map(
    ({ id, stage }, index): Command => ({
      id: `stage-${id}`,
      keys: taken ? [] : [String(index + 1)],
      shown: taken ? `g ${index + 1}` : "1-8",
      text: stage?.name ?? screenWords.stage,
      group: "go",
      hint: (_, context) => say(screenWords.stage, context),
      // From a screen that is no stage of the lesson, Esc leads back to it.
      act: (state) => [state, { kind: "go", to: id, ...(here === undefined && { detour: true as const }) }],
    }),
  );
  const list: Command = {
    id: "stages",
    keys: ["g"],
    shown: "g",
    text: screenWords.stageList,
    group: "go",
    ...(!taken && { quiet: true as const }),
    act(state, context) {
      const done = stagesDone(model, context);
      const items = stages.map(({ id, stage }) => ({
        text: `${say(stage?.name ?? screenWords.stage, context)}${done.includes(id) ? "   ✓" : ""}`,
        leadsTo: { kind: "go" as const, to: id },
      }));
      const chosen = Math.max(
        0,
        stages.findIndex(({ id }) => id === here),
      );
      return [
        state,
        { kind: "overlay", overlay: { kind: "list", typed: "", title: say(screenWords.stageList, context), items, chosen } },
      ];
    },
  };
  return [...each, list];
}

/** What can be done while a menu of the screen is open, beside what the menu offers. */
const besideMenu: readonly string[] = ["repaint", "suspend", "theme", "copy", "interrupt", "help"];

/** All commands of the screen, without those of an overlay. */
export function commandsOf(model: Model): Command[] {
  const state = model.states[model.screen];
  const menu = state === undefined ? null : screenOf(model).menu?.(state);
  if (menu) return [...menu, ...everywhere.filter(({ id }) => besideMenu.includes(id)), quit];
  const own = screenOf(model).commands;
  // A screen's own command replaces the common one of that id: `copy` of the comparison copies the figures.
  const others = everywhere.filter(({ id }) => own.every((each) => each.id !== id));
  return [
    ...own,
    ...stageCommands(model, own),
    ...others,
    ...(model.screen === "lessons" ? [] : [back, toLessons, ...(model.screen === "present" ? [] : [toPresentation])]),
    quit,
  ];
}

/** The commands that keys reach now. */
export function commandsHere(model: Model): Command[] {
  if (tooSmall(model.size)) return [quit, interrupt];
  if (model.overlay) return [...overlays[model.overlay.kind]];
  const all = commandsOf(model);
  return model.sought === null ? all : [...searching, ...all];
}

/** ↑ and ↓ step where nothing scrolls: the wheel sends them, also where the mouse is off. */
const steps: Readonly<Record<string, string>> = { up: "left", down: "right" };

/** The command of a key; undefined: the key does nothing here. */
export function commandFor(model: Model, key: string): Command | undefined {
  const here = commandsHere(model);
  const other = model.overlay ? undefined : steps[key];
  return here.find(({ keys }) => keys.includes(key)) ?? here.find(({ keys }) => other !== undefined && keys.includes(other));
}

/** The state that a command changes: the overlay's, else the screen's. */
export const stateFor = (model: Model): unknown => model.overlay ?? model.states[model.screen];

export const whyOff = (model: Model, command: Command): string | null => {
  if (command.id === "find" && !screenOf(model).items) return say(screenWords.nothingToFind, model);
  return command.off?.(model.states[model.screen], contextOf(model)) ?? null;
};

/** The hints, in the order of the table, each once. Commands that are off have none. */
export function hints(model: Model): { readonly command: Command; readonly shown: string; readonly text: string }[] {
  const here = [...commandsHere(model)]
    .sort((one, other) => Number(other.primary === true) - Number(one.primary === true))
    .filter((command) => !command.quiet && command.keys.length > 0 && whyOff(model, command) === null)
    .map((command) => ({ command, shown: command.shown, text: hintText(model, command) }));
  return here.filter(({ shown, text }, index) => here.findIndex((one) => one.shown === shown && one.text === text) === index);
}

const hintText = (model: Model, command: Command): string =>
  (command.id === "help" && legendOf(model).length > 0 ? say(screenWords.keysAndMarks, model) : undefined) ??
  (model.overlay ? undefined : command.hint?.(model.states[model.screen], contextOf(model))) ??
  say(command.text, model);

/** One line of `?` and `:`. Commands with the same text share a line. */
export interface Entry {
  /** Null: a phrase of which more has to be typed. */
  readonly command: Command | null;
  readonly keys: readonly string[];
  readonly text: string;
  readonly why: string | null;
  readonly group: Group;
  /** What is typed for it, where it is a phrase. */
  readonly phrase?: string;
  /** What Tab completes to. */
  readonly completed: string;
}

/** The commands that have the typed words, in the order of the table. */
export function entries(model: Model, typed: string): Entry[] {
  const found = new Map<string, Entry & { readonly command: Command }>();
  for (const command of commandsOf(model)) {
    const text = say(command.text, model);
    const known = found.get(text);
    found.set(text, {
      command: known?.command ?? command,
      keys: [...(known?.keys ?? []), ...command.keys],
      text,
      why: known ? known.why : whyOff(model, command),
      group: command.group ?? "screen",
      completed: text,
    });
  }
  const sought = typed.toLowerCase().split(" ");
  return [...found.values()].filter(({ text, command }) =>
    sought.every((word) => `${text} ${command.id} ${command.keys.join(" ")}`.toLowerCase().includes(word)),
  );
}

const groups: readonly Group[] = ["screen", "move", "go", "everywhere"];
/** The same for `?`, one group after the other. */
export const entriesInGroups = (model: Model, typed: string): Entry[] =>
  groups.flatMap((group) => entries(model, typed).filter((entry) => entry.group === group));

/** The lines of `:`: the words of a phrase whose verb is typed, else the commands and the phrases that may be meant. */
export function paletteEntries(model: Model, typed: string): Entry[] {
  const context = contextOf(model);
  const own = screenOf(model).phrases?.(model.states[model.screen], context) ?? [];
  const all: readonly Phrase[] = [lessonPhrase(context), ...own];
  const lines = all.flatMap((phrase) =>
    phraseLines(phrase, typed).map(({ typed: completed, text: says, example, command }): Entry => {
      const text = `${say(says, model)}${example === null ? "" : `: ${example}`}`;
      return { command, keys: [], phrase: completed.trimEnd(), text, why: null, group: "screen", completed };
    }),
  );
  // A verb that is typed whole asks for its word; before that a command of that name is nearer.
  return lines.some(({ command }) => command) ? lines : [...entries(model, typed), ...lines];
}

const lessonPhrase = ({ lessons }: Context): Phrase => ({
  verb: "lesson",
  text: screenWords.phrases.lesson,
  takes: lessons.flatMap(({ number, title, fault }) => (fault ? [] : [{ word: String(number), says: title }])),
  act(state, word, context) {
    const summary = context.lessons.find(({ number }) => String(number) === word);
    return summary ? [state, { kind: "open", summary }] : [state];
  },
});
