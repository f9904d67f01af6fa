/**
 * What is on the screen, as one immutable value (`Model`), and what a screen is: a state, a table of commands, an update
 * and a view, all pure functions. A screen does nothing itself: it returns `Action`s. What takes time is a
 * `BackgroundWork`, a function of the services whose result is a message to the screen. The router knows no screen.
 */
import type { Language, Text } from "../core/language.js";
import type { TextRow } from "../report/span.js";
import type { Setting } from "../report/views.js";
import type { LessonContent, LessonSummary, Remember, Services } from "./services.js";

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}
export const smallestSize: ScreenSize = { columns: 60, rows: 18 };
export const tooSmall = ({ columns, rows }: ScreenSize): boolean => columns < smallestSize.columns || rows < smallestSize.rows;

/** The lesson that is open. */
export interface OpenLesson {
  readonly summary: LessonSummary;
  readonly content: LessonContent;
}

/** What every screen sees besides its own state. */
export interface Context {
  readonly size: ScreenSize;
  readonly lessons: readonly LessonSummary[];
  readonly lesson: OpenLesson | null;
  /** A URL as on the command line: `memory:`. */
  readonly store: string;
  readonly workers: number;
  readonly language: Language;
  /** Reads what is kept between visits. Writing is an action. */
  readonly remembered: Remember["get"];
  /** One line until the next key press: why something cannot be done, what failed; null: none. */
  readonly notice: Notice | null;
  /** Names of the work under way on this screen. */
  readonly working: readonly string[];
  /** The screens that Esc leads back to, the nearest last; empty: it leads to the list of lessons. */
  readonly trail: readonly string[];
  /** What `/` looks for while it is typed; null: nothing is. */
  readonly seeking: string | null;
}

interface Notice {
  readonly text: string;
  readonly bad: boolean;
}

/** What a screen asks for. `M` are the messages of the screen. */
export type Action<M = unknown> =
  /**
   * To another screen of the lesson, opened on `given`; without it the screen is as the learner left it. `detour`: Esc comes
   * back from there to this screen.
   */
  | { readonly kind: "go"; readonly to: string; readonly given?: unknown; readonly detour?: true }
  /** One level up: to the screen that this one is a detour of, else to the list of lessons. */
  | { readonly kind: "back" }
  | { readonly kind: "lessons" }
  | { readonly kind: "open"; readonly summary: LessonSummary; readonly to?: string; readonly given?: unknown }
  | { readonly kind: "say"; readonly text: string; readonly bad?: boolean }
  | { readonly kind: "overlay"; readonly overlay: Overlay | null }
  /** To the next (1) or the previous (-1) line with the text that is looked for; 0 ends the search. */
  | { readonly kind: "find"; readonly by: 1 | -1 | 0 }
  /** Does what the overlay offers: the marked command or item, the search, yes. */
  | { readonly kind: "run" }
  /** Completes what is typed after `:` to the marked line. */
  | { readonly kind: "complete" }
  | { readonly kind: "work"; readonly work: BackgroundWork<M> }
  /** Sends a message to the screen itself, as the answer to a question or a list does. */
  | { readonly kind: "tell"; readonly message: M }
  /** Stops the work of this name; without a name all work, and with `background` also work in the background. */
  | { readonly kind: "stop"; readonly name?: string; readonly background?: true }
  | { readonly kind: "remember"; readonly key: string; readonly value: unknown }
  /** Opens a file in the learner's editor; `line` null: at the top. */
  | { readonly kind: "edit"; readonly path: string; readonly name: string; readonly line: number | null }
  /** Copies a text; without one, what is on the screen. */
  | { readonly kind: "copy"; readonly text?: string }
  | { readonly kind: "suspend" }
  | { readonly kind: "repaint" }
  /** Changes to the next theme. */
  | { readonly kind: "theme" }
  /** Turns the mouse on or off. */
  | { readonly kind: "mouse" }
  | { readonly kind: "quit"; readonly code: number };

/** Work that takes time. `tell` reports progress, and the result is a message to the screen that asked for it. */
export interface BackgroundWork<M = unknown> {
  /** Work of one name runs once at a time on a screen: a new one stops the old one. */
  readonly name: string;
  /** No notice says that it was stopped. */
  readonly quiet?: true;
  /** It runs as long as its lesson is open, and Ctrl+C does not stop it. Only the watch on the learner's file is like that. */
  readonly background?: true;
  run(services: Services, tell: (message: M) => void, signal: AbortSignal): Promise<M>;
}

/** The next state, and the actions that the screen asks for. */
export type Next<State = unknown, M = unknown> = readonly [State, ...(readonly Action<M>[])];

/** Under which title `?` lists a command. */
export type Group = "screen" | "move" | "go" | "everywhere";

/** One thing that a learner can do on a screen. */
export interface Command<State = unknown, M = unknown> {
  readonly id: string;
  /** Names as `keyNames` returns them; empty: only `:` reaches the command. */
  readonly keys: readonly string[];
  /** The keys as the hint shows them: `n/N`. */
  readonly shown: string;
  readonly text: Text;
  /** The hint stays on screen however narrow the window is. */
  readonly stays?: true;
  /** Listed by `?` and `:`, but without a hint: keys that learners try anyway. */
  readonly quiet?: true;
  /** What Enter does: the first hint, in reverse. */
  readonly primary?: true;
  /** Absent: `screen`. */
  readonly group?: Group;
  /** Why it cannot be done now, in a sentence; null: it can. */
  off?(state: State, context: Context): string | null;
  /** What the hint says now; without it, `text`. */
  hint?(state: State, context: Context): string;
  act(state: State, context: Context, key: string): Next<State, M>;
}

/** Methods, not function properties: TypeScript checks them bivariantly, so screens with different states fit into one table. */
export interface Screen<State = unknown, M = unknown> {
  readonly id: string;
  readonly title: Text;
  /** Its name on the rail of stages, and a shorter one for narrow windows. Without them the screen is no stage of a lesson. */
  readonly stage?: { readonly name: Text; readonly short: Text };
  /** The stage that it belongs to, where it is none itself. */
  readonly partOf?: string;
  /** The lesson that was opened begins here, in place of its story. */
  begins?(context: Context): boolean;
  /** The learner has done what the stage is for. */
  isDone?(state: State, context: Context): boolean;
  readonly commands: readonly Command<State, M>[];
  /** While a menu of the screen is open, its commands: they take the keys in place of all others of the screen. Null: none is. */
  menu?(state: State): readonly Command<State, M>[] | null;
  /** The state when the screen is first shown for a lesson, or is opened on something `given`. */
  open(context: Context, given?: unknown): Next<State, M>;
  update(state: State, message: M, context: Context): Next<State, M>;
  /** The work of this name has failed or was stopped. */
  ended?(state: State, work: string, how: "stopped" | "failed", context: Context): Next<State, M>;
  /** What can be typed after `:` with a word behind it: `with mutex`. */
  phrases?(state: State, context: Context): readonly Phrase<State, M>[];
  /** What is under way, for the line above the keys; null: nothing. */
  status?(state: State, context: Context): TextRow | null;
  /** The rows between the rail of stages and the status line, at most `height`. */
  view(state: State, context: Context, height: number): TextRow[];
  /** A screen for a room: without the rows of keys, or with nothing at all. Null: as every screen. */
  bare?(state: State): "no keys" | "nothing" | null;
  /** What the marks of its picture mean, for `?`: in a small window there is no room beside the picture. */
  legend?(state: State, context: Context): readonly TextRow[];
  /** The text at the right of the breadcrumb. */
  aside?(state: State, context: Context): TextRow | string;
  /** What changed, as lines to be read aloud; `before` is null when the screen was not on top before. */
  spoken(before: State | null, after: State, context: Context): string[];
  /** The lines that `/` looks through; `at` is the index of the current one, `select` goes to another. */
  items?(state: State, context: Context): readonly string[];
  at?(state: State, context: Context): number;
  select?(state: State, index: number, context: Context): Next<State, M>;
  /** What opens the screen again as it is now; null: it opens as new. */
  position?(state: State): Resumable | null;
  /** A few words for the closing line on what the learner did here; null: nothing. */
  done?(state: State, speaking: Pick<Context, "language">): string | null;
}

/** A command of `:` that takes a word. */
export interface Phrase<State = unknown, M = unknown> {
  readonly verb: string;
  readonly text: Text;
  /** The words that it takes, each with a few words on it; or a sentence on what can be typed, and a test for it. */
  readonly takes:
    | readonly { readonly word: string; readonly says: string }[]
    | { readonly example: string; fits(word: string): boolean };
  act(state: State, word: string, context: Context): Next<State, M>;
}

/** Enough to show the same picture again, as plain data. `step` counts from 1. */
export interface Resumable {
  /** The screen to open instead, where this one cannot be opened again. */
  readonly screen?: string;
  readonly setting?: Setting;
  readonly schedule?: string;
  readonly step?: number;
}

/** Lies over a screen and takes the keys. */
export type Overlay =
  | { readonly kind: "help"; readonly typed: string; readonly scroll: number }
  | { readonly kind: "palette"; readonly typed: string; readonly chosen: number }
  /** `from`: the line where the search began; Esc goes back to it. */
  | { readonly kind: "search"; readonly typed: string; readonly from: number }
  /** Items to choose from, each with the action that it leads to. */
  | {
      readonly kind: "list";
      readonly typed: "";
      readonly title: string;
      readonly items: readonly { readonly text: string; readonly leadsTo: Action }[];
      readonly chosen: number;
    }
  /** A question before something that cannot be undone; `then` follows on yes. */
  | { readonly kind: "ask"; readonly typed: ""; readonly question: string; readonly then: Action };

export interface Model extends Omit<Context, "working" | "seeking"> {
  /** The id of the screen on top. */
  readonly screen: string;
  /** By id, the state of every screen that was open in this lesson; `last` is the id of the screen that was on top last. */
  readonly states: Readonly<Record<string, unknown>>;
  readonly overlay: Overlay | null;
  /** The text that n and N look for on this screen; null: no search. */
  readonly sought: string | null;
  /** Nobody waits for quiet work. */
  readonly underWay: readonly { readonly screen: string; readonly name: string; readonly quiet?: true }[];
}

export type ProgramMessage =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "resized"; readonly size: ScreenSize }
  | {
      readonly kind: "opened";
      readonly summary: LessonSummary;
      readonly content: LessonContent;
      /** Absent: where the lesson begins. */
      readonly to?: string;
      readonly given?: unknown;
    }
  /** A message of a screen's work. */
  | { readonly kind: "told"; readonly screen: string; readonly message: unknown }
  | {
      readonly kind: "ended";
      readonly screen: string;
      readonly name: string;
      readonly how: "done" | "stopped" | "failed";
      readonly what?: string;
    }
  /** A sentence for the line of notices. */
  | { readonly kind: "noticed"; readonly what: string }
  | { readonly kind: "failed"; readonly what: string };

/** What `update` asks for outside the model. `program.ts` does it and sends a message back. */
export type Effect =
  | Exclude<
      Action,
      { kind: "go" | "back" | "lessons" | "say" | "overlay" | "find" | "run" | "complete" | "work" | "tell" | "copy" }
    >
  | { readonly kind: "copy"; readonly text: string }
  | { readonly kind: "work"; readonly screen: string; readonly work: BackgroundWork };
