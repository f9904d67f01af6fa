/** A program in a real pseudo-terminal, which answers queries, and what its screen shows. */
import { type IPty, spawn } from "@lydell/node-pty";
import headless from "@xterm/headless";

export interface InTerminal {
  readonly child: IPty;
  readonly code: Promise<number>;
  readonly screen: InstanceType<typeof headless.Terminal>;
  text(): string;
  bytes(): string;
  shows(what: string | RegExp): Promise<void>;
  resize(columns: number, rows: number): void;
}

export function inTerminal(
  args: readonly string[],
  { env = {}, cwd, size = [100, 30] }: { env?: Record<string, string>; cwd: string; size?: readonly [number, number] },
  command = process.execPath,
): InTerminal {
  const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, ...rest } = process.env;
  const [cols, rows] = size;
  const child = spawn(command, [...args], {
    name: "xterm-256color",
    cols,
    rows,
    cwd,
    env: { ...rest, NODE_ENV: "production", LC_ALL: "C.UTF-8", RACELAB_THEME: "dark", ...env } as Record<string, string>,
  });
  const screen = new headless.Terminal({ cols, rows, allowProposedApi: true });
  let bytes = "";
  child.onData((chunk) => {
    bytes += chunk;
    screen.write(chunk);
  });
  screen.onData((answer) => child.write(answer));
  const code = new Promise<number>((resolve) =>
    child.onExit(({ exitCode, signal }) => resolve(signal ? 128 + signal : exitCode)),
  );
  const text = () =>
    Array.from({ length: screen.rows }, (_, y) =>
      screen.buffer.active.getLine(screen.buffer.active.viewportY + y)!.translateToString(true),
    ).join("\n");
  return {
    child,
    code,
    text,
    screen,
    bytes: () => bytes,
    async shows(what) {
      for (let tries = 0; tries < 2000; tries++) {
        if (typeof what === "string" ? text().includes(what) : what.test(text())) return;
        await new Promise((wake) => setTimeout(wake, 20));
      }
      throw new Error(`"${what}" did not come up:\n${text()}`);
    },
    resize(columns, rows) {
      screen.resize(columns, rows);
      child.resize(columns, rows);
    },
  };
}
