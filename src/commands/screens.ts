/** The screens on a terminal, or as lines to be read aloud, for each command that has a screen. */
import { createInterface } from "node:readline";
import { LessonFault } from "../core/failure.js";
import { lessonsAsked } from "../course/catalog.js";
import { explorerInThread } from "../explore/client.js";
import { lessonSummaries } from "../services/lessons.js";
import { screenServices } from "../services/services.js";
import { isSet, type Out } from "./out.js";

export interface ScreensOptions {
  readonly store: string;
  readonly workers: number;
  readonly accessible?: boolean;
  readonly color?: "always" | "never" | "auto";
  readonly ascii?: boolean;
  readonly theme?: string;
  readonly altScreen?: boolean;
  readonly mouse?: boolean;
}

/** Where the screens open. */
interface Opening extends ScreensOptions {
  readonly lesson?: string | undefined;
  /** With a lesson: which of its screens. */
  readonly screen?: string;
  /** What that screen is given. */
  readonly given?: unknown;
}

const SEED = 1;
const DEADLINE_MS = 10_000;

/** Shows the course until the learner leaves; answers the exit code, or null where there is no terminal to draw on. */
export async function showScreens({ lesson, screen, given, ...options }: Opening, out: Out): Promise<number | null> {
  const summaries = await summariesWith(lesson, out);
  const accessible = options.accessible || isAccessible(out);
  if (!accessible && !hasScreen(out)) return null;
  const { explorer, services } = servicesOf(summaries, out);
  const common = { screen, given, store: options.store, workers: options.workers, lesson, command: typedCommand(out) };
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
    env: out.env,
    alternateScreen: options.altScreen !== false && out.env["RACELAB_ALT_SCREEN"] !== "never",
  }).finally(() => explorer.end());
}

/** All lessons, of which this one can be opened. */
async function summariesWith(lesson: string | undefined, out: Out) {
  const summaries = await lessonSummaries(out.language);
  const fault = summaries.find(({ id }) => id === lesson)?.fault;
  if (fault) throw new LessonFault(fault);
  return summaries;
}

function servicesOf(summaries: Awaited<ReturnType<typeof lessonSummaries>>, out: Out) {
  const explorer = explorerInThread(out.language);
  return {
    explorer,
    services: screenServices({ seed: SEED, deadline: DEADLINE_MS, language: out.language }, summaries, explorer),
  };
}

/** A presentation as text. */
export async function presentationText(lesson: string, out: Out, signal: AbortSignal): Promise<string> {
  const summaries = await summariesWith(lesson, out);
  const { explorer, services } = servicesOf(summaries, out);
  try {
    const summary = summaries.find(({ id }) => id === lesson)!;
    const open = { summary, content: await services.lesson(lesson) };
    const { handout } = await import("../tui/screens/present/handout.js");
    return await handout(open, services, signal);
  } finally {
    await explorer.end();
  }
}

/** Can this terminal show screens, which are drawn again and again? */
export const hasScreen = ({ env }: Out): boolean =>
  process.stdin.isTTY === true && process.stdout.isTTY === true && env["TERM"] !== "dumb";

/** Are the screens to be read aloud? INK_SCREEN_READER is the switch of Ink, with which they are drawn. */
export const isAccessible = ({ env }: Out): boolean => isSet(env["ACCESSIBLE"]) || isSet(env["INK_SCREEN_READER"]);

/** What the learner typed to open the screens, and can type again. */
const typedCommand = ({ env }: Out): string =>
  env["npm_lifecycle_event"] === "start" ? `npm start${lessonsAsked() && ` --${lessonsAsked()}`}` : `racelab${lessonsAsked()}`;
