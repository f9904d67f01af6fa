/** The built program in a real pseudo-terminal: an exercise solved by saving files, and the terminal given back at each end. */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, type TestContext, vi } from "vitest";
import { main } from "../program.js";
import { inTerminal } from "./pseudo-terminal.js";

const exercise = new URL("../../lessons/01-lost-update/exercise/", import.meta.url);
const [start, solution, wrong] = ["start.ts", "solution.ts", "wrong/fresh-version.ts"].map((name) =>
  readFileSync(new URL(name, exercise), "utf8"),
) as [string, string, string];
const overProtecting = solution.replace('const [lock = ""] = work.keys', 'const lock = "everything"');
/** Patient, because the screen is what is tested: `exercise/misbehaving` has the busy loop. */
const endless = solution.replace(
  "const [lock",
  "for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);\n    const [lock",
);

const enter = "\u001b[?1049h";
const leave = "\u001b[?1049l";
/** The program left the alternate screen, showed the cursor and never turned on the mouse. Returns what it printed after that. */
function restored(bytes: string): string {
  expect(bytes.split(enter).length).toBe(bytes.split(leave).length);
  expect(bytes.lastIndexOf(leave)).toBeGreaterThan(bytes.lastIndexOf(enter));
  expect(bytes.lastIndexOf("\u001b[?25h")).toBeGreaterThan(bytes.lastIndexOf("\u001b[?25l"));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequences that turn on a mouse
  expect(bytes).not.toMatch(/\u001b\[\?(9|100[0-6]|1015)h/);
  return bytes.slice(bytes.lastIndexOf(leave));
}

interface Given {
  readonly args?: readonly string[];
  readonly folder?: string;
  readonly env?: Record<string, string>;
  readonly size?: readonly [number, number];
}

function learn(test: TestContext, { args = ["1"], folder, env, size }: Given = {}) {
  const cwd = folder ?? mkdtempSync(join(tmpdir(), "racelab-screen-"));
  const terminal = inTerminal([main, "learn", ...args], {
    cwd,
    env: { RACELAB_STATE: join(cwd, "state"), ...env },
    ...(size && { size }),
  });
  test.onTestFinished(() => terminal.child.kill("SIGKILL"));
  const file = join(cwd, "racelab", "lost-update.ts");
  /** Saves as editors do: writes a new file and renames it. */
  const save = (text: string): void => {
    writeFileSync(`${file}~`, text);
    renameSync(`${file}~`, file);
  };
  return { ...terminal, cwd, file, save };
}

describe.concurrent("an exercise in a terminal", () => {
  it("is solved by saving files; every version is kept, and the list knows", async (test) => {
    const { child, shows, save, code, bytes, cwd, file } = learn(test);
    await shows("One minute to nine");
    child.write("8");
    await shows(/✗ 2 tasks +6 schedules +4 wrong/);
    expect(readFileSync(file, "utf8")).toBe(start);
    save(wrong);
    await shows(/Looks[\s\S]{0,90}like: fresh version with a/);
    await shows(/Tries {2}✗ +wrong schedules {2}18/);
    child.write("d");
    await shows(/1 - import \{ strategy \}/);
    child.write("\r");
    await shows(/Interleaving[\s\S]*id 122211/);
    child.write("lll");
    await shows("State after step 4");
    child.write("8");
    save(overProtecting);
    await shows("It protects too much");
    save(solution);
    await shows(/✓ Right in all [\d,]+ schedules(?![\s\S]*too much)/);
    await shows(/Tries {2}✗ ✓ ✓ +wrong schedules {2}18 0 0/);
    child.write("\u001b");
    await shows(/✓[\s\S]*solved, 3 tries/);
    await shows(/2 {2}.* next /);
    child.write("q");
    expect(await code).toBe(0);
    expect(restored(bytes())).toContain("3 tries, the last one right");
    const copies = readdirSync(join(cwd, "state/lost-update/tries")).filter((name) => name.endsWith(".ts"));
    expect(copies.map((name) => readFileSync(join(cwd, "state/lost-update/tries", name), "utf8"))).toEqual([
      wrong,
      overProtecting,
      solution,
    ]);
  });

  it("gives up a check for the next save, and loses neither version", async (test) => {
    const { child, shows, save, cwd } = learn(test);
    await shows("One minute to nine");
    child.write("8");
    await shows("open editor at line 10");
    save(endless);
    await shows("checking");
    save(solution);
    await shows("Right in all");
    await shows(/Tries {2}\? ✓/);
    const copies = readdirSync(join(cwd, "state/lost-update/tries")).filter((name) => name.endsWith(".ts"));
    expect(copies.map((name) => readFileSync(join(cwd, "state/lost-update/tries", name), "utf8"))).toEqual([endless, solution]);
  });

  it("stops a check at the first Ctrl+C and leaves at the second", async (test) => {
    const { child, shows, save, code, bytes } = learn(test);
    await shows("One minute to nine");
    child.write("8");
    await shows("open editor at line 10");
    save(endless);
    await shows("checking");
    child.write("\u0003");
    await shows("stopped: save again to check");
    child.write("\u0003");
    expect(await code).toBe(130);
    restored(bytes());
  });

  it("lends the terminal to the editor at the right line, and has it back", async (test) => {
    const folder = mkdtempSync(join(tmpdir(), "racelab-editor-"));
    const editor = join(folder, "vim");
    writeFileSync(
      editor,
      `#!/bin/sh\necho "editing $1"\nread answer\necho "$answer" > '${folder}/typed'\ncp '${folder}/answer.ts' "$2"\n`,
    );
    chmodSync(editor, 0o755);
    writeFileSync(join(folder, "answer.ts"), solution);
    const { child, shows, bytes, code } = learn(test, { folder, env: { VISUAL: editor } });
    await shows("One minute to nine");
    child.write("8");
    await shows("open editor at line 10");
    child.write("e");
    await shows("editing +10");
    expect(bytes().lastIndexOf(leave)).toBeGreaterThan(bytes().lastIndexOf(enter));
    for (const key of "what is typed here is the editor's: qqq") {
      child.write(key);
      await delay(5);
    }
    child.write("\r");
    await shows("Right in all");
    expect(readFileSync(join(folder, "typed"), "utf8")).toBe("what is typed here is the editor's: qqq\n");
    child.write("q");
    expect(await code).toBe(0);
    restored(bytes());
  });

  it("asks before it writes the file anew, and the old one is among the tries", async (test) => {
    const { child, shows, save, file, cwd } = learn(test);
    await shows("One minute to nine");
    child.write("8");
    await shows("open editor at line 10");
    save(solution);
    await shows("Right in all");
    child.write(":reset\r");
    await shows("Write racelab/lost-update.ts anew?");
    child.write("n");
    await shows("e open editor");
    expect(readFileSync(file, "utf8")).toBe(solution);
    child.write(":reset\r");
    await shows("Write racelab/lost-update.ts anew?");
    child.write("y");
    await shows("open editor at line 10");
    expect(readFileSync(file, "utf8")).toBe(start);
    const copies = readdirSync(join(cwd, "state/lost-update/tries")).filter((name) => name.endsWith(".ts"));
    expect(copies.map((name) => readFileSync(join(cwd, "state/lost-update/tries", name), "utf8"))).toContain(solution);
  });

  it("says in a sentence when there is no such editor", async (test) => {
    const { child, shows } = learn(test, { env: { VISUAL: "no-such-editor" } });
    await shows("One minute to nine");
    child.write("8");
    await shows("open editor at line 10");
    child.write("e");
    await shows('there is no editor "no-such-editor"');
  });
});

describe.concurrent("the next visit", () => {
  it("opens where the learner was, also after a kill: lesson, schedule, step, answers", async (test) => {
    const first = learn(test, { args: ["2"] });
    await first.shows("Order 8 is pending");
    first.child.write("3");
    await first.shows(/State after step 1|Step 1 of/i);
    first.child.write("ll");
    await first.shows(/step 3 of/i);
    await delay(600);
    const before = first.text();
    first.child.kill("SIGKILL");
    const second = learn(test, { args: [], folder: first.cwd });
    await second.shows(/step 3 of/i);
    await delay(300);
    expect(second.text()).toBe(before);
  });
});

describe.concurrent("an export", () => {
  it("of a failing schedule is a file in the current folder, made beside the screen, and never written over", async (test) => {
    const { child, shows, cwd } = learn(test);
    await shows("One minute to nine");
    child.write("8");
    // The results of sizes come during the check, the schedule with the verdict.
    await shows("Shortest failing schedule");
    for (const name of ["lost-update-own-1221.html", "lost-update-own-1221-2.html"]) {
      child.write("x");
      await shows("a page to present");
      child.write("1");
      await shows(`wrote ${name}`);
      expect(readFileSync(join(cwd, name), "utf8")).toContain("racelab/lost-update.ts:10");
    }
  });
});

describe.concurrent("a bookmark", () => {
  it("is kept at the key press: a kill comes right after, and the next racelab leads back to it", async (test) => {
    const first = learn(test);
    await first.shows("One minute to nine");
    first.child.write("4");
    await first.shows("Who goes next?");
    for (const [key, seen] of [
      ["1", "State after step 1"],
      ["2", "Decided at step 2"],
      ["b", "keep this point"],
      ["\r", "kept: b lists this point"],
    ] as const) {
      first.child.write(key);
      await first.shows(seen);
    }
    first.child.kill("SIGKILL");
    const second = learn(test, { folder: first.cwd });
    await second.shows("b bookmarks (1)");
    second.child.write("b");
    await second.shows("2 steps   12");
    second.child.write("2");
    await second.shows("Decided at step 2");
  });
});

describe.concurrent("the theme", () => {
  const unset = { RACELAB_THEME: "", COLORFGBG: "15;0" };
  /** The colours on the screen, as numbers of the 256. */
  function coloursIn({ screen }: ReturnType<typeof learn>): number[] {
    const found = new Set<number>();
    for (let y = 0; y < screen.rows; y++)
      for (let x = 0; x < screen.cols; x++) {
        const cell = screen.buffer.active.getLine(screen.buffer.active.viewportY + y)?.getCell(x);
        if (cell && !cell.isFgDefault()) found.add(cell.getFgColor());
      }
    return [...found].sort((a, b) => a - b);
  }

  it("changes with Ctrl+T, every cell of it, and is kept for the next visit; a flag, RACELAB_THEME and NO_COLOR win", async (test) => {
    const first = learn(test, { env: unset });
    await first.shows("One minute to nine");
    first.child.write("3");
    // The picture, too: the keys are there while the search goes on.
    await first.shows(/── Why[\s\S]*Enter next step/);
    const dark = coloursIn(first);
    expect(dark).toContain(247);
    first.child.write("\u0014");
    await first.shows("colours for a light background");
    // The last rows may not be drawn yet when the notice is.
    const soon = (check: () => void) => vi.waitFor(check, { timeout: 20_000 });
    await soon(() => expect(coloursIn(first).filter((colour) => dark.includes(colour))).toEqual([]));
    const light = coloursIn(first);
    expect(light).toContain(242);
    first.child.write("\u0014");
    await first.shows("your terminal's own 16 colours");
    await soon(() => expect(Math.max(...coloursIn(first))).toBeLessThan(16));
    first.child.write("\u0014");
    await first.shows("no colours");
    await soon(() => expect(coloursIn(first)).toEqual([]));
    first.child.write("\u0014\u0014");
    await first.shows("colours for a light background");
    first.child.write("q");
    expect(await first.code).toBe(0);
    const again = async (
      check: (colours: readonly number[]) => void,
      env: Record<string, string>,
      args: readonly string[] = [],
    ) => {
      const next = learn(test, { folder: first.cwd, env, args: ["1", ...args] });
      await next.shows(/── Why[\s\S]*Enter next step/);
      await soon(() => check(coloursIn(next)));
    };
    // What a search draws while it goes on has colours of its own, so not the same ones are there at each look.
    const isDark = (colours: readonly number[]) => {
      expect(colours).toContain(247);
      expect(colours.filter((colour) => light.includes(colour))).toEqual([]);
    };
    await again((colours) => {
      expect(colours).toContain(242);
      expect(colours).not.toContain(247);
    }, unset);
    await again(isDark, unset, ["--theme", "dark"]);
    await again(isDark, { ...unset, RACELAB_THEME: "dark" });
    await again((colours) => expect(colours).toEqual([]), { ...unset, NO_COLOR: "1" });
  });

  it("has nothing to change under NO_COLOR, and says why", async (test) => {
    const { child, shows } = learn(test, { env: { NO_COLOR: "1" } });
    await shows("One minute to nine");
    child.write("\u0014");
    await shows("there are no colours here: NO_COLOR");
  });
});

describe.concurrent("manners", () => {
  it("says both sizes when the window is one column and one row too small, and keeps everything", async (test) => {
    const { shows, resize, text, child } = learn(test);
    await shows("One minute to nine");
    child.write("8");
    await shows("open editor at line 10");
    const before = text();
    for (const [columns, rows] of [
      [59, 17],
      [60, 17],
      [59, 18],
    ] as const) {
      resize(columns, rows);
      await shows(`racelab needs 60 x 18, this window is ${columns} x ${rows}`.slice(0, 50));
      child.write("RyX\u001b");
    }
    resize(100, 30);
    await shows("open editor at line 10");
    for (let tries = 0; tries < 100 && text() !== before; tries++) await delay(20);
    expect(text()).toBe(before);
  });

  it("is resized while a check runs", async (test) => {
    const { shows, resize, child, save } = learn(test);
    await shows("One minute to nine");
    child.write("8");
    await shows("open editor at line 10");
    save(endless);
    await shows("checking");
    for (const [columns, rows] of [
      [60, 18],
      [160, 48],
      [81, 25],
    ] as const) {
      resize(columns, rows);
      await shows(/Every schedule, checked on save/);
    }
    save(solution);
    await shows("Right in all");
  });

  it("copies the screen by OSC 52, and keeps it in a file for terminals that do not", async (test) => {
    const { shows, child, bytes, cwd } = learn(test);
    await shows("One minute to nine");
    child.write("y");
    await shows("copied");
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the sequence itself
    const [, encoded = ""] = /\u001b\]52;c;([A-Za-z0-9+/=]+)\u0007/.exec(bytes()) ?? [];
    const copied = Buffer.from(encoded, "base64").toString("utf8");
    expect(copied).toContain("One minute to nine");
    expect(readFileSync(join(cwd, "state", "copied.txt"), "utf8")).toBe(copied);
  });

  it("goes on without a saved try that it does not know, says where that lies, and keeps it", async (test) => {
    const cwd = mkdtempSync(join(tmpdir(), "racelab-screen-"));
    const tries = join(cwd, "state", "lost-update", "tries");
    mkdirSync(tries, { recursive: true });
    const saved = {
      ...{
        format: "racelab 1",
        at: "2026-01-01T00:00:00.000Z",
        verdict: "wrong",
        summary: "one",
        schedules: "6",
        violating: "4",
      },
      ...{ steps: 4, overProtected: false, copy: join(tries, "one.ts") },
    };
    const later = `${JSON.stringify({ ...saved, verdict: "zzz" })}\n`;
    writeFileSync(join(tries, "2026-01-01T00-00-00.000Z.json"), JSON.stringify(saved));
    writeFileSync(join(tries, "2026-01-02T00-00-00.000Z.json"), later);
    writeFileSync(join(tries, "one.ts"), wrong);
    const { child, shows, bytes, code } = learn(test, { folder: cwd, size: [160, 48] });
    await shows("One minute to nine");
    child.write("8");
    await shows(/── 1 ──[\s\S]* 1 +\d\d:\d\d:\d\d +✗ one +4 \/ 6/);
    child.write("q");
    expect(await code).toBe(0);
    restored(bytes());
    expect(bytes()).toContain("was not written by this racelab and lies aside as");
    const aside = readdirSync(tries).filter((name) => name.includes(".set-aside-"));
    expect(aside.map((name) => readFileSync(join(tries, name), "utf8"))).toEqual([later]);
  });

  it.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ])("gives the terminal back on %s in the middle of a check", async (signal, expected) => {
    const cwd = mkdtempSync(join(tmpdir(), "racelab-screen-"));
    const { child, shows, code, bytes } = inTerminal([main, "learn", "1"], { cwd, env: { RACELAB_STATE: join(cwd, "state") } });
    await shows("One minute to nine");
    child.write("8");
    await shows("checking");
    child.kill(signal);
    expect(await code).toBe(expected);
    restored(bytes());
    expect(existsSync(join(cwd, "racelab/lost-update.ts"))).toBe(true);
  });

  it.each(["the key", "a signal from outside"])("stops and goes on under a shell: %s", async (how) => {
    const cwd = mkdtempSync(join(tmpdir(), "racelab-shell-"));
    const { child, shows, bytes, text } = inTerminal(
      ["--norc", "--noprofile", "-i"],
      { cwd, env: { RACELAB_STATE: join(cwd, "state"), PS1: "shell$ " } },
      "/bin/bash",
    );
    try {
      await shows("shell$");
      child.write(`stty -a > before; '${process.execPath}' '${main}' learn 1\r`);
      await shows("One minute to nine");
      child.write("8");
      await shows("open editor at line 10");
      if (how === "the key") child.write("\u001a");
      else process.kill(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim()), "SIGTSTP");
      await shows(/Stopped[\s\S]*shell\$/);
      expect(bytes().lastIndexOf(leave)).toBeGreaterThan(bytes().lastIndexOf(enter));
      child.write("stty -a > meanwhile; echo; fg\r");
      await shows(/Exercise[\s\S]*4 wrong/);
      child.write("i");
      await shows("Hint 1 of 3");
      child.write("q");
      await shows(/(Go on with|Come back with): [\s\S]*shell\$/);
      child.write("stty -a > after; echo done\r");
      await shows(/\ndone/);
      const [before, meanwhile, after] = ["before", "meanwhile", "after"].map((name) => readFileSync(join(cwd, name), "utf8"));
      expect(meanwhile).toBe(before);
      expect(after).toBe(before);
      expect(text()).not.toContain("Hint 1 of 3");
    } finally {
      child.kill("SIGKILL");
    }
  });
});
