/** In a real pseudo-terminal: what is sent, what is on the screen, and that the terminal is given back. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { main } from "../program.js";
import { type InTerminal, inTerminal } from "./pseudo-terminal.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const open: InTerminal[] = [];
afterEach(() => {
  for (const { child } of open.splice(0)) child.kill("SIGKILL");
});

/** The built program, as a new learner starts it. */
const terminal = (args: readonly string[] = [], env: Record<string, string> = {}) =>
  started([main, ...args], { RACELAB_STATE: mkdtempSync(join(tmpdir(), "racelab-terminal-")), ...env });

const folder = mkdtempSync(join(tmpdir(), "racelab-defects-"));
afterAll(() => rmSync(folder, { recursive: true }));
/** The built screens, on request with a defect that no lesson can cause. */
const withDefect = (...args: string[]) => started([join(folder, "dev.mjs"), ...args]);

// tsx would compile all of racelab for each of them: three seconds of a core.
beforeAll(async () => {
  const dev = new URL("dev.tsx", import.meta.url);
  await build({
    entryPoints: [fileURLToPath(dev)],
    outfile: join(folder, "dev.mjs"),
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    define: { "import.meta.url": JSON.stringify(dev.href) },
    plugins: [
      {
        name: "racelab is the build",
        setup: ({ onResolve }) =>
          onResolve({ filter: /^\.\.?\/.*\.js$/ }, ({ path, resolveDir }) => {
            const [file, built] = [resolve(resolveDir, path), join(root, "dist")];
            const own = ["src", "lessons"].some((part) => file.startsWith(join(root, part) + sep));
            return own ? { path: join(built, file.slice(root.length)), external: true } : undefined;
          }),
      },
    ],
  });
});

function started(args: readonly string[], env: Record<string, string> = {}): InTerminal {
  const running = inTerminal(args, { cwd: root, env });
  open.push(running);
  return running;
}

const enter = "\u001b[?1049h";
const leave = "\u001b[?1049l";
/** The program left the alternate screen and showed the cursor. Returns what it printed after that. */
function restored(bytes: string): string {
  expect(bytes.split(enter).length).toBe(bytes.split(leave).length);
  expect(bytes.lastIndexOf(leave)).toBeGreaterThan(bytes.lastIndexOf(enter));
  expect(bytes.lastIndexOf("\u001b[?25h")).toBeGreaterThan(bytes.lastIndexOf("\u001b[?25l"));
  return bytes.slice(bytes.lastIndexOf(leave));
}

/** Waits until the process has stopped: on Linux by /proc (proc(5): state T), elsewhere for a fixed time. */
const stopped = (pid: number): boolean => {
  try {
    return / T /.test(readFileSync(`/proc/${pid}/stat`, "utf8").split(")").at(-1) ?? "");
  } catch {
    return false;
  }
};

describe("in a terminal", () => {
  it("a learner loses updates, sees where, protects them, and gets the terminal back", async () => {
    const { child, code, shows, bytes } = terminal();
    await shows("One minute to nine");
    child.write("6");
    await shows("Strategies");
    child.write("\r");
    await shows(/Lost update 1 of \d+/);
    await shows(/✗ stock \d+, should be 0/);
    child.write("n");
    await shows(/Lost update 2 of \d+/);
    // Two keys in one chunk, as fast typing arrives.
    child.write("\u001b[B\r");
    await shows("✓ stock 0, as it should be");
    await shows("Wait 1 of");
    child.write("q");
    expect(await code).toBe(0);
    const after = restored(bytes());
    expect(after).toMatch(
      /Lost update: none: \d+ lost, 100 requests; mutex: as it should be, 100 requests\. Go on with: racelab/,
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that clear the screen or what is above it
    expect(bytes().slice(bytes().indexOf("One minute"))).not.toMatch(/\u001b\[[23]J/);
  });

  it("the mouse is off until m, opens a stage by a click, and is off again when the terminal is given back", async () => {
    const { child, code, shows, bytes } = terminal();
    await shows("One minute to nine");
    expect(bytes()).not.toContain("\u001b[?1000h");
    child.write("m");
    await shows("the mouse is on");
    expect(bytes()).toContain("\u001b[?1000h\u001b[?1006h");
    child.write("\u001b[<0;14;2M\u001b[<0;14;2m");
    await shows("How sure are you?");
    child.write("q");
    expect(await code).toBe(0);
    expect(bytes().lastIndexOf("\u001b[?1000l")).toBeGreaterThan(bytes().lastIndexOf("\u001b[?1000h"));
  });

  it("a learner plays a whole lesson by keys: story, predict, interleaving, decide, every schedule", async () => {
    const { child, code, shows, bytes } = terminal();
    await shows("One minute to nine");
    child.write("2");
    await shows(/1 \[ \] 96 +2 \[ \] 97/);
    child.write("234\r4\r3456\r");
    await shows("11 of 12 right");
    child.write("\r");
    await shows(/ends at +97 98 99 +98 99 +98 99/);
    child.write("n");
    await shows("step 6 of 6");
    child.write("\u001b[F\r");
    await shows("Who goes next?");
    child.write("p");
    await shows("peek: 28 of 30 reach the goal");
    child.write("122331");
    await shows(/Goal\s+reached with 3\s+switches/);
    child.write("\r");
    await shows("now it runs under mutex: try to break it again");
    child.write("a");
    await shows("mutex has held");
    child.write("\r");
    await shows("84 of 90 schedules are wrong (93.3%)");
    child.write(":lessons\r");
    await shows("choose a lesson");
    child.write("q");
    expect(await code).toBe(0);
    expect(restored(bytes())).toContain(
      "predicted 11 of 12; looked at schedule 122331; decided 2 orders, 1 of them wrong; saw all 90 schedules",
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that clear the screen or what is above it
    expect(bytes().slice(bytes().indexOf("One minute"))).not.toMatch(/\u001b\[[23]J/);
  });

  it("has every row of a frame, empty ones too: the keys stand at the bottom of any window, whatever is above them", async () => {
    const { child, shows, text, resize } = terminal(["learn", "9"]);
    const keys = /\? (all keys|keys, marks) +Esc lessons/;
    await shows("Two customers want the same dinner");
    for (const [key, title] of [
      ["4", "Who goes next?"],
      ["g3", "step 1 of 2"],
      ["5", "Schedules are counted"],
    ] as const) {
      child.write(key);
      await shows(title);
      expect(
        text()
          .split("\n")
          .findIndex((line) => keys.test(line)),
        title,
      ).toBe(28);
    }
    resize(80, 24);
    await shows(/(.*\n){22}.*\? (all keys|keys, marks) +Esc lessons/);
    expect(
      text()
        .split("\n")
        .findIndex((line) => keys.test(line)),
    ).toBe(22);
  });

  it("leaves with 130 on Ctrl+C, and stays still until then", async () => {
    const { child, code, shows, bytes } = terminal(["lost-update"]);
    await shows("One minute to nine");
    // On a busy machine the last of the first frames may come late. A screen that never stays still never gets on here.
    for (let before = -1; before !== bytes().length; ) {
      before = bytes().length;
      await new Promise((wake) => setTimeout(wake, 2000));
    }
    child.write("\u0003");
    expect(await code).toBe(130);
    restored(bytes());
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ])("gives the terminal back on %s", async (signal, expected) => {
    const { child, code, shows, bytes } = terminal(["lost-update"]);
    await shows("One minute to nine");
    child.kill(signal);
    expect(await code).toBe(expected);
    restored(bytes());
  });

  it.each([
    ["a view that throws", "--break-view", "this story cannot be told"],
    ["a rejection nobody handles", "--break-later", "nobody waited for this"],
  ])("prints the error after the screen is gone: %s", async (_, flag, message) => {
    const { code, bytes } = withDefect("lost-update", flag);
    expect(await code).toBe(70);
    expect(restored(bytes())).toContain(message);
  });

  it("comes back from Ctrl+Z", async () => {
    const { child, shows, bytes, code } = withDefect("lost-update");
    await shows("One minute to nine");
    child.write("\u001a");
    for (let tries = 0; tries < 200 && !bytes().includes(leave); tries++) await new Promise((wake) => setTimeout(wake, 20));
    expect(bytes()).toContain(leave);
    // SIGCONT before the process has stopped would leave it stopped.
    for (let tries = 0; tries < 500 && !stopped(child.pid); tries++) await new Promise((wake) => setTimeout(wake, 20));
    child.kill("SIGCONT");
    await shows("One minute to nine");
    child.write("1\t");
    await shows("buyOne");
    child.write("\u0003");
    expect(await code).toBe(130);
    restored(bytes());
  });

  it("follows the window, says when it is too small, and comes back as it was", async () => {
    const { child, screen, shows, text } = terminal(["lost-update"]);
    await shows("One minute to nine");
    child.write("6");
    await shows("Strategies");
    child.write("\r");
    await shows("Lost update 1 of");
    await shows("✗ stock");
    const before = text();
    for (const [columns, rows] of [
      [80, 24],
      [160, 48],
      [50, 12],
      [62, 20],
      [100, 30],
    ] as const) {
      screen.resize(columns, rows);
      child.resize(columns, rows);
      await shows(
        columns === 50 ? "this window is 50 x 12" : /Lost update 1 of \d+[\s\S]*\? (all keys|keys, marks) +Esc lessons/,
      );
      expect(text().split("\n").at(-1)).toBe("");
      // A resize ends after 50 ms without another. Then nothing of the old frame may be left.
      const heads = () => text().match(/racelab > 1 Lost update/g)?.length ?? 0;
      const one = columns === 50 ? 0 : 1;
      await new Promise((wake) => setTimeout(wake, 400));
      for (let tries = 0; tries < 100 && heads() !== one; tries++) await new Promise((wake) => setTimeout(wake, 20));
      expect(heads()).toBe(one);
    }
    for (let tries = 0; tries < 100 && text() !== before; tries++) await new Promise((wake) => setTimeout(wake, 20));
    expect(text()).toBe(before);
  });
});

describe("colour", () => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences of colour
  const colours = /\u001b\[(3[0-7]|9[0-7]|4[0-7]|38|48)[;m]/;
  it("is there, and says nothing that letters do not", async () => {
    const { shows, bytes } = terminal(["lost-update"]);
    await shows("One minute to nine");
    expect(bytes()).toMatch(colours);
  });
  it.each([
    [{ NO_COLOR: "1" }, []],
    [{}, ["--color", "never"]],
  ])("goes with %o %o, bold and reverse stay", async (env, args) => {
    const { child, shows, bytes } = terminal(["lost-update", ...args], env as Record<string, string>);
    await shows("One minute to nine");
    child.write("6");
    await shows("Strategies");
    child.write("\r");
    await shows("Lost update 1 of");
    expect(bytes()).not.toMatch(colours);
    expect(bytes()).toContain("\u001b[1m");
    expect(bytes()).toContain("\u001b[7m");
  });
});
