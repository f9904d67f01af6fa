/**
 * The terminal: Ink, signals, and giving the terminal back as it was, however the program ends. Other files decide what
 * is drawn and what keys do.
 *
 * While an editor or the shell has the terminal, this program must not read from it. Ctrl+Z (SIGTSTP) gives the terminal back
 * before the program stops. With an editor on top it stops at once: a shell comes back only when the whole group stopped.
 *
 * The model does not know the theme: `T` asks this file, which changes colours and draws again.
 */
import chalk from "chalk";
import { Box, render, Text, useApp, useInput } from "ink";
import { memo, useEffect, useSyncExternalStore } from "react";
import type { Tier } from "../report/glyphs.js";
import { inTier, type TextRow, visible } from "../report/span.js";
import { clipboard } from "./clipboard.js";
import { closingLine } from "./closing.js";
import { edit } from "./editor.js";
import { keyNames } from "./key-names.js";
import { frame } from "./parts/frame.js";
import { program, type ScreenProgram } from "./program.js";
import { themeKey } from "./remembered.js";
import { start } from "./router.js";
import type { Services } from "./services.js";
import type { Model, ScreenSize } from "./state.js";
import { askBackground, backgroundOf, type Environment, type LookOptions, looksOf, nextTheme } from "./terminal.js";
import { paint, type Theme, type ThemeName, theme } from "./theme.js";

interface ScreenOptions extends LookOptions {
  /** A URL as on the command line: `memory:`. */
  readonly store: string;
  readonly workers: number;
  /** The id or number of the lesson to open at once. */
  readonly lesson?: string | undefined;
  /** With a lesson: the screen to open, and what it is opened on. */
  readonly screen?: string | undefined;
  readonly given?: unknown;
  /** The command that the closing line names: `npm start`. */
  readonly command: string;
  /** The mouse is on from the start; `m` turns it on and off. */
  readonly mouse?: boolean | undefined;
  /** False: draw on the normal screen, for terminals without an alternate one. */
  readonly alternateScreen?: boolean | undefined;
  readonly env?: Environment;
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
  readonly stderr?: NodeJS.WriteStream;
}

/** How the program ended: the exit code, and an error to print once the terminal is back. */
interface End {
  readonly code: number;
  readonly error?: unknown;
}

const MISTAKE = 70;
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Shows the course until the learner leaves. Resolves with the exit code. Input and output must be a terminal. */
export async function openScreen(services: Services, options: ScreenOptions): Promise<number> {
  const { stdin = process.stdin, stdout = process.stdout, stderr = process.stderr, env = process.env } = options;
  const saved = services.remember.get(themeKey);
  const named = options.theme ?? (env["RACELAB_THEME"] || saved);
  const background = backgroundOf(env) ?? (named || env["NO_COLOR"] ? null : await askBackground(stdin, stdout));
  const looks = looksOf(env, options, background, saved);
  // Ink colours through chalk, which ignores NO_COLOR. Bold and underline need a level above 0; the theme leaves out colour.
  chalk.level = looks.level;

  const sizeNow = (): ScreenSize => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const lessons = services.lessons();
  const { promise: over, resolve: leave } = withResolvers<End>();
  const initial = start({
    size: sizeNow(),
    lessons,
    store: options.store,
    workers: options.workers,
    language: services.language,
    remembered: services.remember.get,
  });
  const view = shown(initial, looks.theme);
  let app: ReturnType<typeof useApp> | null = null;
  /** An editor or the shell has the terminal. */
  let lent = false;
  async function lend<T>(meanwhile: () => T | Promise<T>): Promise<T | null> {
    if (!app || lent) return null;
    lent = true;
    let given: T | null = null;
    try {
      await app.suspendTerminal(async () => {
        const was = mouse.on;
        mouse.set(false);
        given = await meanwhile();
        mouse.set(was);
      });
    } catch (error) {
      leave({ code: MISTAKE, error });
    } finally {
      lent = false;
    }
    return given;
  }
  const mouse = mouseOf(stdout);
  const progress = looks.progress ? progressOf(stdout) : null;
  const running = program(services, initial, {
    changed(model) {
      view.show(model);
      progress?.set(model.underWay.some(({ quiet }) => !quiet));
    },
    quit: (code) => leave({ code }),
    suspend: () => void lend(stopHere),
    repaint: () => void lend(() => {}),
    theme() {
      const name = nextTheme(view.theme().name, looks);
      if (name) view.setTheme(name);
      return name;
    },
    async edit({ path, line }) {
      const said = await lend(async () => {
        await stopReading(stdin);
        return edit(env, path, line);
      });
      return said ?? "";
    },
    copy(text) {
      const sequence = clipboard(text, env);
      if (sequence) stdout.write(sequence);
      return sequence !== null;
    },
    mouse() {
      mouse.set(!mouse.on);
      return mouse.on ? "on" : "off";
    },
    broke: (error) => leave({ code: MISTAKE, error }),
  });
  if (options.mouse) mouse.set(true);

  // Ctrl-C in the editor is for the editor.
  const guards = guard((end) => (lent && end.code === signals.SIGINT ? undefined : leave(end)));
  /** Stops the whole process group, as Ctrl+Z in a shell does: with `npm start`, npm and its shell have to stop, too. */
  const stopHere = (): void => {
    process.off("SIGTSTP", stop);
    process.kill(0, "SIGTSTP");
    process.on("SIGTSTP", stop);
  };
  // An editor that stops stops its whole group, and the shell comes back only when all of the group has stopped.
  const stop = (): void => (lent ? stopHere() : void lend(stopHere));
  // SIGSTOP gave no chance to restore the terminal, so it may be in another mode now.
  const goOn = (): void => void lend(() => {});
  process.on("SIGTSTP", stop).on("SIGCONT", goOn);
  const resize = onceQuiet(50, () => running.send({ kind: "resized", size: sizeNow() }));
  stdout.on("resize", resize.poke);
  try {
    const ink = render(<Root view={view} tier={looks.tier} links={looks.links} program={running} ready={(it) => (app = it)} />, {
      stdin,
      stdout,
      stderr,
      interactive: true,
      alternateScreen: options.alternateScreen ?? env["RACELAB_ALT_SCREEN"] !== "never",
      incrementalRendering: true,
      exitOnCtrlC: false,
      // Twice the rate of a held key: at 30, every other key falls into the pause after a frame, and 15 frames are drawn.
      maxFps: 60,
    });
    ink.waitUntilExit().then(
      () => leave({ code: 0 }),
      (error: unknown) => leave({ code: MISTAKE, error }),
    );
    const wanted = lessons.find(({ id, number }) => id === options.lesson || String(number) === options.lesson);
    running.begin(wanted ?? null, options.screen, options.given);
    const end = await over;
    ink.unmount();
    await ink.waitUntilExit().catch(() => {});
    if (end.error !== undefined) stderr.write(`racelab: ${describe(end.error)}\n`);
    else stdout.write(`${closingLine(running.model, options.command)}\n`);
    return end.code;
  } finally {
    mouse.set(false);
    progress?.set(false);
    stdout.off("resize", resize.poke);
    resize.end();
    await running.end();
    process.off("SIGTSTP", stop).off("SIGCONT", goOn);
    guards.end();
  }
}

const describe = (error: unknown): string => {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return text.split("\n").map(visible).join("\n");
};

/** Signals and uncaught errors end the program by `leave`, which restores the terminal. */
function guard(leave: (end: End) => void): { end(): void } {
  const listeners: [string, (...given: unknown[]) => void][] = [
    ["uncaughtException", (error) => leave(isClosed(error) ? { code: signals.SIGHUP } : { code: MISTAKE, error })],
    ["unhandledRejection", (error) => leave({ code: MISTAKE, error })],
    ...Object.entries(signals).map(([signal, code]): [string, () => void] => [signal, () => leave({ code })]),
  ];
  for (const [event, listener] of listeners) process.on(event, listener);
  return {
    end() {
      for (const [event, listener] of listeners) process.off(event, listener);
    },
  };
}

/** The mouse of the terminal (xterm's modes 1000 and 1006): presses and the wheel, as SGR sequences. */
function mouseOf(stdout: NodeJS.WriteStream) {
  let on = false;
  return {
    get on() {
      return on;
    },
    set(now: boolean): void {
      if (now !== on) stdout.write(now ? "\u001b[?1000h\u001b[?1006h" : "\u001b[?1006l\u001b[?1000l");
      on = now;
    },
  };
}

/** Shows on the tab of the terminal that work is under way (OSC 9;4: 3 without a share, 0 none). */
function progressOf(stdout: NodeJS.WriteStream) {
  let shown = false;
  return {
    set(now: boolean): void {
      if (now !== shown) stdout.write(`\u001b]9;4;${now ? 3 : 0}\u0007`);
      shown = now;
    },
  };
}

/** The terminal was closed: reading and writing fail. Then the program ends as by SIGHUP, without a message. */
const isClosed = (error: unknown): boolean => ["EIO", "EPIPE"].includes((error as NodeJS.ErrnoException | null)?.code ?? "");

/** The frame on screen, for React to subscribe to. It is drawn when React asks, so several keys at once cost one frame. */
interface Shown {
  readonly current: () => readonly TextRow[];
  readonly subscribe: (changed: () => void) => () => void;
  readonly show: (model: Model) => void;
  readonly theme: () => NamedTheme;
  readonly setTheme: (name: ThemeName) => void;
}
interface NamedTheme {
  readonly name: ThemeName;
  readonly looks: Theme;
}

function shown(initial: Model, name: ThemeName): Shown {
  let current: NamedTheme = { name, looks: theme(name) };
  let [model, drawn] = [initial, initial];
  let rows = frame(initial);
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const changed of listeners) changed();
  };
  return {
    current() {
      if (drawn !== model) rows = frame(model);
      drawn = model;
      return rows;
    },
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    show(next) {
      model = next;
      tell();
    },
    theme: () => current,
    setTheme(name) {
      current = { name, looks: theme(name) };
      tell();
    },
  };
}

interface RootProps {
  readonly view: Shown;
  readonly tier: Tier;
  readonly links: boolean;
  readonly program: ScreenProgram;
  readonly ready: (app: ReturnType<typeof useApp>) => void;
}

/** Without clipping: every row is as wide as the screen already, and Ink would measure each of them again. */
function Root({ view, tier, links, program, ready }: RootProps) {
  const rows = useSyncExternalStore(view.subscribe, view.current);
  const { looks } = useSyncExternalStore(view.subscribe, view.theme);
  const app = useApp();
  useEffect(() => ready(app), [app, ready]);
  useInput((input, key) => {
    for (const name of keyNames(input, key)) program.send({ kind: "key", key: name });
  });
  return (
    <Box flexDirection="column" height={rows.length}>
      {rows.map((row, y) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <Line key={y} row={row} theme={looks} tier={tier} links={links} />
      ))}
    </Box>
  );
}

interface LineProps {
  readonly row: TextRow;
  readonly theme: Theme;
  readonly tier: Tier;
  readonly links: boolean;
}

/**
 * The row without blanks at its end: Ink looks at every character of every frame, and a third of them are such blanks. An
 * empty row keeps one, because Ink gives a text without characters no row, and all below it would move up.
 */
const withoutEnd = (row: TextRow): TextRow => {
  if (row.every(({ text, role }) => text.trim() === "" && role !== "cursor")) return [{ text: " " }];
  const last = row.at(-1);
  if (last === undefined || last.role === "cursor" || last.text !== " ".repeat(last.text.length)) return row;
  return withoutEnd(row.slice(0, -1));
};

/**
 * One `Text` for a row, with the colours in its string: a component for each span would be hundreds in every frame. Ink
 * takes each row apart in every frame; `build.mjs` gives its cache one more line of life, so that it knows unchanged rows.
 */
const Line = memo(
  ({ row, theme, tier, links }: LineProps) => <Text wrap="truncate">{painted(inTier(withoutEnd(row), tier), theme, links)}</Text>,
  (before, after) => before.theme === after.theme && same(before.row, after.row),
);

const painted = (row: TextRow, theme: Theme, links: boolean): string =>
  row
    .map(({ text, role, link }) => {
      const seen = role ? paint(text, theme[role]) : text;
      return link && links ? `\u001b]8;;${link}\u0007${seen}\u001b]8;;\u0007` : seen;
    })
    .join("");

const same = (one: TextRow, other: TextRow): boolean =>
  one.length === other.length &&
  one.every(
    ({ text, role, link }, index) => text === other[index]?.text && role === other[index]?.role && link === other[index]?.link,
  );

/** Calls back once `poke` was not called for `ms`: a window that is dragged sends dozens of sizes. */
function onceQuiet(ms: number, call: () => void): { poke(): void; end(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    poke() {
      clearTimeout(timer);
      timer = setTimeout(call, ms);
    },
    end: () => clearTimeout(timer),
  };
}

/**
 * Ink stops listening when it lends the terminal, but Node goes on reading, so half of what is typed would not reach the
 * editor. The stream can be paused only one turn after its last listener has gone.
 */
async function stopReading(stdin: NodeJS.ReadStream): Promise<void> {
  await new Promise<void>((later) => setImmediate(later));
  stdin.pause();
  await new Promise<void>((later) => setImmediate(later));
}

/** `Promise.withResolvers`, which Node 20 does not have. The first call of `resolve` counts. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
