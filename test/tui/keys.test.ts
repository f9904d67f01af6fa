import { describe, expect, it } from "vitest";
import { rowsText } from "../../src/report/text.js";
import { keyLabel, keyNames } from "../../src/tui/key-names.js";
import { commandFor, commandsHere, commandsOf, entries, hints, whyOff } from "../../src/tui/keys.js";
import { frame } from "../../src/tui/parts/frame.js";
import { hintRows } from "../../src/tui/parts/hints.js";
import { screens, stages } from "../../src/tui/screens/index.js";
import { tooSmall } from "../../src/tui/state.js";
import { play } from "./play.js";
import { withRecordedComparisons } from "./recorded-comparisons.js";

const size = { columns: 100, rows: 30 };
/** Keys to every screen with something on it, and to what can lie over one. */
const ways: readonly (readonly [string, readonly string[]])[] = [
  ["the list", []],
  ...stages.map(({ id }, index) => [id, ["enter", String(index + 1)]] as const),
  ["a result", ["enter", "6", "enter"]],
  ["the keys", ["enter", "?"]],
  ["the palette", ["enter", "1", ":"]],
  ["the bookmarks", ["enter", "4", "1", "b", "enter", "2", "b", "enter", "b", "down"]],
  ["a search", ["/"]],
];

/** Comparisons are played back: these tests are about keys, not about the speed of threads. */
const open = async () => play(size, await withRecordedComparisons());

describe("the mouse", () => {
  it("is the wheel as the arrow keys, and a press on a stage", async () => {
    expect(keyNames("[<64;10;5M\u001b[<65;10;5M", {})).toEqual(["up", "down"]);
    expect(keyNames("[<0;22;2M\u001b[<0;22;2m\u001b[<2;3;4M", {})).toEqual(["click 22 2"]);
    const screen = await open();
    await screen.press("enter", "3");
    const at = (word: string) => rowsText(frame(screen.model), "unicode").split("\n")[1]!.indexOf(word) + 1;
    const before = screen.text();
    await screen.press("down");
    expect(screen.text()).not.toBe(before);
    await screen.press("up");
    expect(screen.text()).toBe(before);
    await screen.press(`click ${at("every order")} 2`);
    expect(screen.model.screen).toBe("schedules");
    await screen.press(`click ${at("story")} 2`, "click 3 9");
    expect(screen.model.screen).toBe("story");
    await screen.press("m");
    expect(screen.done).toEqual(["mouse"]);
    expect(screen.text()).toContain("the mouse is on");
  });
});

describe("the table of commands", () => {
  it("has every screen once, and at most nine stages: each has a digit", () => {
    expect(new Set(screens.map(({ id }) => id)).size).toBe(screens.length);
    expect(stages.length).toBeLessThanOrEqual(9);
  });

  it.each(ways)("gives no capital letter a meaning, because Caps Lock would change it: %s", async (_, keys) => {
    const screen = await open();
    await screen.press(...keys);
    expect(commandsOf(screen.model).flatMap(({ keys }) => keys.filter((key) => /^[A-Z]$/.test(key)))).toEqual([]);
    expect(rowsText(frame({ ...screen.model, overlay: null }).slice(-2), "unicode")).not.toMatch(/ [A-Z]\/?[A-Z]? [a-z]/);
  });

  it.each(ways)("binds nothing twice: %s", async (_, keys) => {
    const screen = await open();
    await screen.press(...keys);
    const bound = commandsHere(screen.model).flatMap(({ keys }) => keys);
    expect(bound).toEqual([...new Set(bound)]);
  });

  it.each(ways)("lists every key under ?: %s", async (_, keys) => {
    const screen = await open();
    await screen.press(...keys);
    const model = { ...screen.model, overlay: null };
    const listed = entries(model, "").flatMap(({ keys }) => keys);
    expect([...listed].sort()).toEqual(
      commandsOf(model)
        .flatMap(({ keys }) => keys)
        .sort(),
    );
  });

  it.each(ways)("does what every hint on screen promises: %s", async (_, keys) => {
    const screen = await open();
    await screen.press(...keys);
    for (const { command } of hints(screen.model)) {
      // In the middle, so that both directions lead somewhere.
      const fresh = await open();
      await fresh.press(...keys, ...(["a search", "the list"].includes(_) ? [] : middle(_)));
      expect(commandFor(fresh.model, command.keys[0]!)?.id).toBe(command.id);
      const [before, done] = [fresh.model, fresh.done.length];
      await fresh.press(command.keys[0]!);
      const moved = fresh.model !== before || fresh.done.length > done;
      expect(moved, command.id).toBe(true);
      expect(fresh.model.notice?.text ?? "").not.toMatch(/^not now/);
    }
  });

  it("keeps ?, Esc and q in the hints however narrow it is", async () => {
    const screen = await play({ columns: 60, rows: 18 });
    await screen.press("enter", "6", "enter");
    expect(rowsText(hintRows(screen.model, 1), "unicode")).toMatch(/\? all keys +Esc lessons +q quit$/);
  });

  it("says why a key does nothing now", async () => {
    const screen = await open();
    await screen.press("enter", "6", "right");
    expect(screen.model.notice?.text).toBe("not now: run it first (Enter)");
  });
});

const middle = (where: string): readonly string[] =>
  where === "a result"
    ? ["down", "down", "down", "enter", "left"]
    : where === "the keys" || where === "the palette"
      ? ["down"]
      : [];

describe("the palette", () => {
  it("shows the key beside each command, and why one cannot be done now", async () => {
    const screen = await play(size);
    await screen.press("enter", "6", ":");
    const text = rowsText(frame(screen.model), "unicode");
    expect(text).toMatch(/t +think time/);
    expect(text).toMatch(/v +table +run it first/);
  });
  it("narrows down as one types, does what is chosen, and closes", async () => {
    const screen = await play(size);
    await screen.press("enter", "6", ":", ..."think");
    expect(entries(screen.model, "think")).toHaveLength(1);
    await screen.press("enter");
    expect(screen.model.overlay).toBeNull();
    expect(screen.text()).toContain("think 2 ms");
  });
  it("gives the reason instead of doing what cannot be done", async () => {
    const screen = await play(size);
    await screen.press("enter", "6", ":", ..."table", "enter");
    expect(screen.model.notice?.text).toBe("not now: run it first (Enter)");
  });
  it("is left by Esc with nothing done, and forgets a letter by backspace", async () => {
    const screen = await play(size);
    await screen.press("enter", "6");
    const before = screen.text();
    await screen.press(":", "q", "backspace", "w", "esc");
    expect(screen.text()).toBe(before);
  });
});

describe("a search", () => {
  it("goes to what is looked for, and n and N go on from there until Esc", async () => {
    const screen = await play(size);
    await screen.press("/", ..."lost", "enter");
    expect(screen.model.notice?.text).toContain('1 of 1 with "lost"');
    expect(commandFor(screen.model, "n")?.id).toBe("next-found");
    await screen.press("esc");
    expect(screen.model.sought).toBeNull();
  });
  it("says when it is not there", async () => {
    const screen = await play(size);
    await screen.press("/", ..."zebra", "enter");
    expect(screen.model.notice?.text).toBe('"zebra" is not here');
  });
});

describe("key names", () => {
  it("take apart what arrived in one piece", () => {
    expect(keyNames("\r \u0004", {})).toEqual(["enter", "space", "ctrl+d"]);
    expect(keyNames("nnN", {})).toEqual(["n", "n", "N"]);
    expect(keyNames("", { leftArrow: true, shift: true })).toEqual(["shift+left"]);
    expect(keyNames("c", { ctrl: true })).toEqual(["ctrl+c"]);
    expect(keyNames("", { tab: true, shift: true })).toEqual(["shift+tab"]);
    expect(keyNames("", { delete: true })).toEqual(["backspace"]);
  });
  it("are printed as they are on the keyboard", () => {
    expect(["left", "ctrl+l", "shift+tab", "x"].map(keyLabel)).toEqual(["←", "Ctrl+L", "Shift+Tab", "x"]);
  });
});

describe("a window that is too small", () => {
  it("says both sizes and knows only q and Ctrl+C", async () => {
    const screen = await play({ columns: 48, rows: 12 });
    expect(tooSmall(screen.model.size)).toBe(true);
    expect(screen.text()).toContain("racelab needs 60 x 18");
    expect(screen.text()).toMatch(/48 x\s+12/);
    for (const key of ["enter", "?", "down", "1"]) expect(commandFor(screen.model, key)).toBeUndefined();
    await screen.press("q", "ctrl+c");
    expect(screen.done).toEqual(["quit 0", "quit 130"]);
  });
  it("keeps everything for when it is larger again", async () => {
    const screen = await play(size);
    await screen.press("enter", "6", "enter", "left");
    const before = screen.text();
    screen.send({ kind: "resized", size: { columns: 30, rows: 5 } });
    await screen.press("down", "x");
    screen.send({ kind: "resized", size });
    expect(screen.text()).toBe(before);
  });
});

it("nothing is off without a reason", async () => {
  const screen = await play(size);
  await screen.press("enter", "6");
  for (const command of commandsOf(screen.model)) expect(whyOff(screen.model, command)).not.toBe("");
});

describe("the list of lessons", () => {
  const many = Array.from({ length: 21 }, (_, index) => ({
    number: index + 1,
    id: `lesson-${index + 1}`,
    title: index === 11 ? "Double payment" : `Lesson ${index + 1}`,
    summary: "",
  }));
  const listed = async () => {
    const { inProcess, tellingTime } = await import("./in-process.js");
    return play(size, { ...inProcess(tellingTime()), lessons: () => many });
  };
  const chosen = (screen: Awaited<ReturnType<typeof listed>>) => screen.text().match(/▸ +(\d+) {2}/)?.[1];

  it("takes numbers of two digits: 1 and 2 are 12, a digit that leads nowhere begins anew, Esc forgets", async () => {
    const screen = await listed();
    await screen.press("1", "2");
    expect(chosen(screen)).toBe("12");
    await screen.press("3");
    expect(chosen(screen)).toBe("3");
    await screen.press("2", "esc", "1");
    expect(chosen(screen)).toBe("1");
    await screen.press("down", "1", "9");
    expect(chosen(screen)).toBe("19");
  });
  it("is filtered while one types after /, and is whole again after Esc, where one was", async () => {
    const screen = await listed();
    await screen.press("5", "/", ..."double");
    expect(chosen(screen)).toBe("12");
    expect(screen.text()).not.toContain("Lesson 7");
    await screen.press("esc");
    expect(chosen(screen)).toBe("5");
    expect(screen.text()).toContain("Lesson 7");
  });
  it("is led to by : and a number from anywhere, and Tab completes what is typed", async () => {
    const screen = await play(size);
    await screen.press("enter", "3", ":", ..."less", "tab");
    expect(screen.model.overlay).toMatchObject({ kind: "palette" });
    await screen.press("esc", ":", ..."with mu", "tab");
    expect(screen.model.overlay).toMatchObject({ typed: "with mutex" });
    await screen.press("enter");
    expect(screen.text()).toContain("mutex   3 tasks");
    await screen.press(":", ..."tasks 2", "enter");
    expect(screen.text()).toContain("mutex   2 tasks");
  });
});
