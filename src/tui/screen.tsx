/**
 * The terminal: Ink, signals, and above all giving the terminal back as it was, whatever happens. What is
 * drawn and what keys do is decided elsewhere.
 */
import chalk from "chalk";
import { Box, render, Text, useApp, useInput } from "ink";
import { memo, useEffect, useSyncExternalStore } from "react";
import type { Tier } from "../report/glyphs.js";
import { inTier, type Row } from "../report/span.js";
import { closingLine } from "./closing.js";
import { keyNames } from "./keys.js";
import { type Program, program } from "./program.js";
import type { Services } from "./services.js";
import { type Size, start } from "./state.js";
import { askBackground, backgroundOf, type Environment, looksOf, type Wishes } from "./terminal.js";
import { type Theme, theme } from "./theme.js";
import { frame } from "./views/frame.js";

export interface ScreenOptions extends Wishes {
  /** As on the command line: `memory:`. */
  readonly store: string;
  readonly workers: number;
  /** Opens this lesson at once. */
  readonly lesson?: string | undefined;
  /** What the closing line tells people to type: `npm start`. */
  readonly command: string;
  /** False: draw on the normal screen, for terminals that cannot do better. */
  readonly alternateScreen?: boolean | undefined;
  readonly env?: Environment;
  readonly stdin?: NodeJS.ReadStream;
  readonly stdout?: NodeJS.WriteStream;
  readonly stderr?: NodeJS.WriteStream;
}

/** How it ended: a code, and what is to be said once the terminal is back. */
interface End {
  readonly code: number;
  readonly error?: unknown;
}

const MISTAKE = 70;
const signals = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

/** Shows the course until the learner leaves; answers the exit code. The caller has made sure that both ends are a terminal. */
export async function openScreen(services: Services, options: ScreenOptions): Promise<number> {
  const { stdin = process.stdin, stdout = process.stdout, stderr = process.stderr, env = process.env } = options;
  const named = options.theme ?? env["RACELAB_THEME"];
  const background = backgroundOf(env) ?? (named || env["NO_COLOR"] ? null : await askBackground(stdin, stdout));
  const looks = looksOf(env, options, background);
  // Ink colours through chalk, which ignores NO_COLOR; attributes need a level, colour is the theme's business.
  chalk.level = looks.level;

  const sizeNow = (): Size => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const lessons = services.lessons();
  const { promise: over, resolve: leave } = withResolvers<End>();
  const initial = start({ size: sizeNow(), lessons, store: options.store, workers: options.workers });
  const view = shown(initial);
  let app: ReturnType<typeof useApp> | null = null;
  const suspended = (meanwhile: () => void): void => {
    app?.suspendTerminal(async () => meanwhile()).catch((error: unknown) => leave({ code: MISTAKE, error }));
  };
  const running = program(services, initial, {
    changed: (model) => view.show(frame(model)),
    quit: (code) => leave({ code }),
    // The whole group: behind `npm start` there is a shell that has to stop too.
    suspend: () => suspended(() => process.kill(0, "SIGTSTP")),
    repaint: () => suspended(() => {}),
    broke: (error) => leave({ code: MISTAKE, error }),
  });

  const guards = guard(leave);
  const resize = onceQuiet(50, () => running.send({ kind: "resized", size: sizeNow() }));
  stdout.on("resize", resize.poke);
  try {
    const ink = render(
      <Root view={view} theme={theme(looks.theme)} tier={looks.tier} program={running} ready={(it) => (app = it)} />,
      {
        stdin,
        stdout,
        stderr,
        interactive: true,
        alternateScreen: options.alternateScreen ?? env["RACELAB_ALT_SCREEN"] !== "never",
        incrementalRendering: true,
        exitOnCtrlC: false,
        maxFps: 30,
      },
    );
    ink.waitUntilExit().then(
      () => leave({ code: 0 }),
      (error: unknown) => leave({ code: MISTAKE, error }),
    );
    const wanted = lessons.find(({ id, number }) => id === options.lesson || String(number) === options.lesson);
    if (wanted) running.open(wanted);
    const end = await over;
    ink.unmount();
    await ink.waitUntilExit().catch(() => {});
    if (end.error !== undefined) stderr.write(`racelab: ${describe(end.error)}\n`);
    else stdout.write(`${closingLine(running.model, options.command)}\n`);
    return end.code;
  } finally {
    stdout.off("resize", resize.poke);
    resize.end();
    await running.end();
    guards.end();
  }
}

const describe = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Everything that may end the program from outside leads through the one door that restores the terminal. */
function guard(leave: (end: End) => void): { end(): void } {
  const listeners: [string, (...given: unknown[]) => void][] = [
    ["uncaughtException", (error) => leave({ code: MISTAKE, error })],
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

/** The frame on screen, for React to subscribe to. */
interface Shown {
  readonly current: () => readonly Row[];
  readonly subscribe: (changed: () => void) => () => void;
  readonly show: (rows: readonly Row[]) => void;
}

function shown(initial: Parameters<typeof frame>[0]): Shown {
  let rows = frame(initial);
  const listeners = new Set<() => void>();
  return {
    current: () => rows,
    subscribe: (changed) => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    show(next) {
      rows = next as Row[];
      for (const changed of listeners) changed();
    },
  };
}

interface RootProps {
  readonly view: Shown;
  readonly theme: Theme;
  readonly tier: Tier;
  readonly program: Program;
  readonly ready: (app: ReturnType<typeof useApp>) => void;
}

function Root({ view, theme, tier, program, ready }: RootProps) {
  const rows = useSyncExternalStore(view.subscribe, view.current);
  const app = useApp();
  useEffect(() => ready(app), [app, ready]);
  useInput((input, key) => {
    for (const name of keyNames(input, key)) program.send({ kind: "key", key: name });
  });
  return (
    <Box flexDirection="column" height={rows.length} overflow="hidden">
      {rows.map((row, y) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <Line key={y} row={row} theme={theme} tier={tier} />
      ))}
    </Box>
  );
}

interface LineProps {
  readonly row: Row;
  readonly theme: Theme;
  readonly tier: Tier;
}

/** One `Text` a row: a row that has not changed is not laid out again. */
const Line = memo(
  ({ row, theme, tier }: LineProps) => (
    <Text wrap="truncate">
      {inTier(row, tier).map(({ text, role }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: spans have no identity but their place
        <Text key={index} {...(role ? theme[role] : {})}>
          {text}
        </Text>
      ))}
    </Text>
  ),
  (before, after) => same(before.row, after.row),
);

const same = (one: Row, other: Row): boolean =>
  one.length === other.length && one.every(({ text, role }, index) => text === other[index]?.text && role === other[index]?.role);

/** Calls back once it has been quiet for a while: a window being dragged sends dozens of sizes. */
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

/** `Promise.withResolvers`, which Node 20 does not have. The first call counts. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
