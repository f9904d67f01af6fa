/**
 * The same course for whoever hears it: lines are only ever added, choices have numbers, a line typed is a
 * key pressed. Same model, same commands; only the mouth is another.
 */
import { visible } from "../report/span.js";
import { closingLine } from "./closing.js";
import { commandFor } from "./keys.js";
import { program } from "./program.js";
import type { Services } from "./services.js";
import { spoken } from "./spoken.js";
import { type Model, start } from "./state.js";

/** Lines in, lines out: `readline` on a terminal, an array in a test. */
export interface Lines {
  readonly typed: AsyncIterable<string>;
  say(line: string): void;
}

export interface AccessibleOptions {
  readonly store: string;
  readonly workers: number;
  readonly lesson?: string | undefined;
  readonly command: string;
  /** Stops the run; without one, leaves. */
  readonly interrupted?: (listener: () => void) => void;
}

/** Words for keys that cannot be typed in a line. */
const spellings: Readonly<Record<string, string>> = { "": "enter", "<": "left", ">": "right", back: "left", next: "right" };

export async function openAccessible(services: Services, options: AccessibleOptions, io: Lines): Promise<number> {
  const lessons = services.lessons();
  const initial = start({ size: { columns: 80, rows: 24 }, lessons, store: options.store, workers: options.workers });
  let before: Model = initial;
  let code: number | null = null;
  let over = (): void => {};
  const ended = new Promise<void>((resolve) => {
    over = resolve;
  });
  const say = (lines: readonly string[]): void => {
    for (const line of lines) io.say(visible(line));
  };
  const leave = (with_: number): void => {
    code ??= with_;
    over();
  };
  const running = program(services, initial, {
    changed(model) {
      say(spoken(before, model));
      before = model;
    },
    quit: leave,
    suspend: () => say(["Not here: your shell's own key suspends."]),
    repaint: () => {},
    broke(error) {
      say([`racelab: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`]);
      leave(70);
    },
  });
  options.interrupted?.(() => running.send({ kind: "key", key: "ctrl+c" }));
  say(spoken(null, initial));
  const wanted = lessons.find(({ id, number }) => id === options.lesson || String(number) === options.lesson);
  if (wanted) running.open(wanted);

  const typed = io.typed[Symbol.asyncIterator]();
  while (code === null) {
    const next = await Promise.race([typed.next(), ended.then(() => null)]);
    if (next === null || next.done) break;
    const key = spellings[next.value.trim()] ?? next.value.trim();
    if (commandFor(running.model, key)) running.send({ kind: "key", key });
    else say([`"${key}" is no key here; question mark lists them.`]);
  }
  await running.end();
  say([closingLine(running.model, options.command)]);
  return code ?? 0;
}
