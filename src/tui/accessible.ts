/**
 * The course for learners who hear it: lines are only ever added, choices have numbers, a typed line is a key press.
 * The model and the commands are those of the screen; only the output differs.
 */
import { visible } from "../report/span.js";
import { closingLine } from "./closing.js";
import { commandFor } from "./keys.js";
import { program } from "./program.js";
import { start } from "./router.js";
import type { Services } from "./services.js";
import { spoken } from "./spoken.js";
import type { Model } from "./state.js";
import { say, screenWords } from "./words.js";

/** Lines in, lines out: `readline` on a terminal, an array in a test. */
interface LineDialogue {
  readonly typed: AsyncIterable<string>;
  say(line: string): void;
}

interface AccessibleOptions {
  readonly store: string;
  readonly workers: number;
  readonly lesson?: string | undefined;
  readonly screen?: string | undefined;
  readonly given?: unknown;
  readonly command: string;
  /** Registers what Ctrl+C does: it stops the work under way, or leaves where there is none. */
  readonly interrupted?: (listener: () => void) => void;
}

/** What can be typed in a line instead of a key that cannot. An empty line is Enter. */
const spellings: Readonly<Record<string, string>> = { "": "enter", "<": "left", ">": "right", back: "left", next: "right" };

/** The palette, the search and `?` take a whole line; lists and questions take keys. */
const takesWords = (overlay: Model["overlay"]): boolean => overlay !== null && overlay.kind !== "ask" && overlay.kind !== "list";

export async function openAccessible(services: Services, options: AccessibleOptions, io: LineDialogue): Promise<number> {
  const lessons = services.lessons();
  const initial = start({
    size: { columns: 80, rows: 24 },
    lessons,
    store: options.store,
    workers: options.workers,
    language: services.language,
    remembered: services.remember.get,
  });
  let before: Model = initial;
  let code: number | null = null;
  let over = (): void => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const tell = (lines: readonly string[]): void => {
    for (const line of lines) io.say(visible(line));
  };
  const leave = (status: number): void => {
    code ??= status;
    over();
  };
  const running = program(services, initial, {
    changed(model) {
      tell(spoken(before, model));
      before = model;
    },
    quit: leave,
    suspend: () => tell([say(screenWords.spoken.noSuspending, services)]),
    repaint: () => {},
    theme: () => null,
    mouse: () => null,
    edit: async ({ name, line }) => say(screenWords.spoken.openFile(name, line), services),
    copy: () => false,
    broke(error) {
      tell([`racelab: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`]);
      leave(70);
    },
  });
  options.interrupted?.(() => running.send({ kind: "key", key: "ctrl+c" }));
  const wanted = lessons.find(({ id, number }) => id === options.lesson || String(number) === options.lesson);
  if (!running.begin(wanted ?? null, options.screen, options.given)) tell(spoken(null, initial));

  /** Types a whole line into the overlay, then Enter. */
  const type = (line: string): void => {
    for (const key of line === "enter" ? [] : line) running.send({ kind: "key", key: key === " " ? "space" : key });
    running.send({ kind: "key", key: "enter" });
  };
  /** A line with a number is the whole number of a lesson: what was typed of one before is forgotten. */
  const chooseNumber = (line: string): void => {
    for (const key of ["backspace", ...line]) running.send({ kind: "key", key });
  };
  const typed = io.typed[Symbol.asyncIterator]();
  while (code === null) {
    const next = await Promise.race([typed.next(), ended.then(() => null)]);
    if (next === null || next.done) break;
    const key = spellings[next.value.trim()] ?? next.value.trim();
    if (takesWords(running.model.overlay) && key !== "esc") type(key);
    else if (running.model.screen === "lessons" && running.model.overlay === null && /^\d+$/.test(key)) chooseNumber(key);
    else if (commandFor(running.model, key)) running.send({ kind: "key", key });
    else tell([say(screenWords.spoken.noKey(key), services)]);
  }
  await running.end();
  tell([closingLine(running.model, options.command)]);
  return code ?? 0;
}
