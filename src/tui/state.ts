/**
 * What is on the screen, as one immutable value, and what a screen is: a state of its own, commands, an update and
 * a view, all pure. The router (`router.ts`) knows where one is and nothing of what any screen does.
 */
import type { Language, Text } from "../core/lesson.js";
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

/** What every screen may see besides its own state. */
export interface Context {
  readonly size: ScreenSize;
  readonly lessons: readonly LessonSummary[];
  readonly lesson: OpenLesson | null;
  /** As on the command line: `memory:`. */
  readonly store: string;
  readonly workers: number;
  readonly language: Language;
  /** Reading is free; writing is an action. */
  readonly remembered: Remember["get"];
  /** What to say in one line, until the next key: why something cannot be done, what failed. */
  readonly notice: Notice | null;
  /** What is under way on this screen, by name. */
  readonly working: readonly string[];
}

interface Notice {
  readonly text: string;
  readonly bad: boolean;
}

/** What a screen wants done. `M` are the messages that the screen understands. */
export type Action<M = unknown> =
  /** Another screen of the lesson; `given` opens it on something, without it it is as it was left. */
  | { readonly kind: "go"; readonly to: string; readonly given?: unknown }
  | { readonly kind: "back" }
  | { readonly kind: "open"; readonly summary: LessonSummary; readonly to?: string; readonly given?: unknown }
  | { readonly kind: "say"; readonly text: string; readonly bad?: boolean }
  | { readonly kind: "overlay"; readonly overlay: Overlay | null }
  /** The next, or the previous, of what was looked for; 0 ends the search. */
  | { readonly kind: "find"; readonly by: 1 | -1 | 0 }
  /** What the overlay is there for: the palette's command, the search. */
  | { readonly kind: "run" }
  | { readonly kind: "work"; readonly work: BackgroundWork<M> }
  /** A message to the screen itself: what a question was asked for. */
  | { readonly kind: "tell"; readonly message: M }
  /** Stops the work of this name, or all that is under way; `background`: that, too, which only ends with its lesson. */
  | { readonly kind: "stop"; readonly name?: string; readonly background?: true }
  | { readonly kind: "remember"; readonly key: string; readonly value: unknown }
  /** Lends the terminal to the learner's editor. */
  | { readonly kind: "edit"; readonly path: string; readonly name: string; readonly line: number | null }
  /** To the clipboard: this, or what is on the screen. */
  | { readonly kind: "copy"; readonly text?: string }
  | { readonly kind: "suspend" }
  | { readonly kind: "repaint" }
  /** The next colours. */
  | { readonly kind: "theme" }
  | { readonly kind: "quit"; readonly code: number };

/** Something that takes time. It tells of its progress, and what comes of it is a message to the screen that asked. */
export interface BackgroundWork<M = unknown> {
  /** One of a name at a time: the next one stops the one before. */
  readonly name: string;
  /** Being stopped is nothing to speak of. */
  readonly quiet?: true;
  /** It goes on as long as its lesson is open: Ctrl+C is not for it. */
  readonly background?: true;
  run(services: Services, tell: (message: M) => void, signal: AbortSignal): Promise<M>;
}

/** The next state, and what is to be done. */
export type Next<State = unknown, M = unknown> = readonly [State, ...(readonly Action<M>[])];

/** One thing that can be done on a screen. Keys, hints, `?`, `:` and the tests all read the same table. */
export interface Command<State = unknown, M = unknown> {
  readonly id: string;
  /** Names as `keyName` gives them; none: only by `:`. */
  readonly keys: readonly string[];
  /** The keys as a hint shows them. */
  readonly shown: string;
  readonly text: Text;
  /** Stays in the hint rows whatever else has to go. */
  readonly stays?: true;
  /** Listed by `?` and `:` but not in the hint rows: what everybody tries anyway. */
  readonly quiet?: true;
  /** Null: it can be done now. Else why not, in a sentence. */
  off?(state: State, context: Context): string | null;
  /** What the hint says under the circumstances; without it `text`. */
  hint?(state: State, context: Context): string;
  act(state: State, context: Context, key: string): Next<State, M>;
}

/** Methods, not function properties: so that screens with states of their own fit into one table. */
export interface Screen<State = unknown, M = unknown> {
  readonly id: string;
  readonly title: Text;
  /** The letter that leads here from any screen of the lesson; without one it is no stage of a lesson. */
  readonly stage?: string;
  readonly commands: readonly Command<State, M>[];
  /** The state when it is first shown for this lesson, or on something `given`. */
  open(context: Context, given?: unknown): Next<State, M>;
  update(state: State, message: M, context: Context): Next<State, M>;
  /** Work that was asked for has failed, or was stopped. */
  ended?(state: State, work: string, how: "stopped" | "failed", context: Context): Next<State, M>;
  /** Everything between the breadcrumb and the hints, at most `height` rows. */
  view(state: State, context: Context, height: number): TextRow[];
  /** What stands at the right of the breadcrumb. */
  aside?(state: State, context: Context): TextRow | string;
  /** What changed, as lines to be read aloud; `before` is null when the screen has just come up. */
  spoken(before: State | null, after: State, context: Context): string[];
  /** What `/` looks through, and going to one of it. */
  items?(state: State, context: Context): readonly string[];
  at?(state: State, context: Context): number;
  select?(state: State, index: number, context: Context): Next<State, M>;
  /** What opens the screen again where the learner is on it; null: nothing can. */
  position?(state: State): Resumable | null;
  /** For the closing line on the normal screen: what was done, in a few words. */
  done?(state: State, speaking: Pick<Context, "language">): string | null;
}

/** Enough to show the same picture again; plain data. `step` counts from 1. */
export interface Resumable {
  /** Another screen, where this one cannot be opened on it by itself. */
  readonly screen?: string;
  readonly setting?: Setting;
  readonly schedule?: string;
  readonly step?: number;
}

/** Lies over a screen and takes its keys. */
export type Overlay =
  | { readonly kind: "help"; readonly typed: string; readonly scroll: number }
  | { readonly kind: "palette"; readonly typed: string; readonly chosen: number }
  | { readonly kind: "search"; readonly typed: string }
  /** Something to choose, each with what it leads to. */
  | {
      readonly kind: "list";
      readonly typed: "";
      readonly title: string;
      readonly items: readonly { readonly text: string; readonly leadsTo: Action }[];
      readonly chosen: number;
    }
  /** A question before something that cannot be undone. */
  | { readonly kind: "ask"; readonly typed: ""; readonly question: string; readonly then: Action };

export interface Model extends Omit<Context, "working"> {
  /** The screen on top, and the state of every screen that has been open, by id. */
  readonly screen: string;
  readonly states: Readonly<Record<string, unknown>>;
  readonly overlay: Overlay | null;
  /** What was looked for last on this screen; n and N go on from there. */
  readonly sought: string | null;
  readonly underWay: readonly { readonly screen: string; readonly name: string }[];
}

export type ProgramMessage =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "resized"; readonly size: ScreenSize }
  | {
      readonly kind: "opened";
      readonly summary: LessonSummary;
      readonly content: LessonContent;
      readonly to: string;
      readonly given?: unknown;
    }
  /** What a screen's work has to say. */
  | { readonly kind: "told"; readonly screen: string; readonly message: unknown }
  | {
      readonly kind: "ended";
      readonly screen: string;
      readonly name: string;
      readonly how: "done" | "stopped" | "failed";
      readonly what?: string;
    }
  /** To be said in the line for notices. */
  | { readonly kind: "noticed"; readonly what: string }
  | { readonly kind: "failed"; readonly what: string };

/** What `update` wants done in the world; whoever runs the program does it and sends a message back. */
export type Effect =
  | Exclude<Action, { kind: "go" | "back" | "say" | "overlay" | "find" | "run" | "work" | "tell" | "copy" }>
  | { readonly kind: "copy"; readonly text: string }
  | { readonly kind: "work"; readonly screen: string; readonly work: BackgroundWork };
