/** The screens on a terminal, or as lines to be read aloud: for every command that has one. */
import { createInterface } from "node:readline";
import { LessonFault } from "../core/failure.js";
import { lessonsAsked } from "../course/catalog.js";
import { explorerInThread } from "../explore/client.js";
import { lessonSummaries } from "../services/lessons.js";
import { screenServices } from "../services/services.js";
import type { Out } from "./out.js";
import { language } from "./words.js";

export interface ScreensOptions {
  readonly store: string;
  readonly workers: number;
  readonly accessible?: boolean;
  readonly color?: "always" | "never" | "auto";
  readonly ascii?: boolean;
  readonly theme?: string;
  readonly altScreen?: boolean;
}

interface Place extends ScreensOptions {
  readonly lesson?: string | undefined;
  /** With a lesson: which of its screens, and what it is given. */
  readonly screen?: string;
  readonly given?: unknown;
}

const SEED = 1;
const DEADLINE_MS = 10_000;

/** Shows the course until the learner leaves; answers the exit code, or null where there is no terminal to draw on. */
export async function showScreens({ lesson, screen, given, ...options }: Place, out: Out): Promise<number | null> {
  const summaries = await lessonSummaries(language());
  const fault = summaries.find(({ id }) => id === lesson)?.fault;
  if (fault) throw new LessonFault(fault);
  const accessible = options.accessible || isAccessible();
  if (!accessible && !hasScreen()) return null;
  const explorer = explorerInThread(language());
  const services = screenServices({ seed: SEED, deadline: DEADLINE_MS, language: language() }, summaries, explorer);
  const common = { screen, given, store: options.store, workers: options.workers, lesson, command: command() };
  if (accessible) {
    const { openAccessible } = await import("../tui/accessible.js");
    const typed = createInterface({ input: process.stdin });
    const interrupted = (listener: () => void) => void process.on("SIGINT", listener);
    return openAccessible(services, { ...common, interrupted }, { typed, say: (line) => out.line(line) }).finally(() => {
      typed.close();
      return explorer.end();
    });
  }
  // The bundle: Ink and React are loaded here and nowhere else.
  const { openScreen } = await import("../tui/screen.js");
  return openScreen(services, {
    ...common,
    ...options,
    alternateScreen: options.altScreen !== false && process.env["RACELAB_ALT_SCREEN"] !== "never",
  }).finally(() => explorer.end());
}

/** Can this terminal show screens that are drawn again and again? */
export const hasScreen = (): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true && process.env["TERM"] !== "dumb";

export const isAccessible = (): boolean => isSet(process.env["ACCESSIBLE"]) || isSet(process.env["INK_SCREEN_READER"]);

const isSet = (value: string | undefined): boolean => value !== undefined && !["", "0", "false"].includes(value);

/** What the learner typed to get here, and can type again. */
const command = (): string =>
  process.env["npm_lifecycle_event"] === "start"
    ? `npm start${lessonsAsked() && ` --${lessonsAsked()}`}`
    : `racelab${lessonsAsked()}`;
