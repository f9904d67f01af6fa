import { describe, expect, it } from "vitest";
import { rowsText } from "../../src/report/text.js";
import { commandFor, commands, hints, keyNames, type Where, whereAmI } from "../../src/tui/keys.js";
import { helpLines, keyLabel } from "../../src/tui/views/help.js";
import { hintRows } from "../../src/tui/views/parts.js";
import { play } from "./play.js";

const size = { columns: 100, rows: 30 };
const places: readonly Where[] = ["lessons", "lesson", "help", "small"];

describe("the table of commands", () => {
  it.each(places)("binds nothing twice on %s", (where) => {
    const keys = commands.filter((command) => command.where.includes(where)).flatMap(({ keys }) => keys);
    expect(keys).toEqual([...new Set(keys)]);
  });

  it("lists every key of a screen under ?", async () => {
    const screen = await play(size);
    await screen.press("enter");
    const text = rowsText(helpLines(screen.model), "unicode");
    for (const { keys } of commands.filter(({ where }) => where.includes("lesson")))
      for (const key of keys.filter((key) => !/^[1-9]$/.test(key))) expect(text).toContain(keyLabel(key));
  });

  it.each([
    ["the list", []],
    ["a lesson", ["enter"]],
    ["a result", ["enter", "enter"]],
    ["the keys", ["enter", "?"]],
  ])("does what every hint on screen promises: %s", async (_, keys) => {
    const screen = await play(size);
    await screen.press(...keys);
    for (const command of hints(screen.model)) {
      // In the middle of everything, so that both directions lead somewhere.
      const fresh = await play(size);
      await fresh.press(
        ...keys,
        ...(keys.length > 1 && keys[1] === "enter" ? ["3", "enter", "left"] : keys[1] === "?" ? ["down"] : []),
      );
      for (const key of command.keys) expect(commandFor(fresh.model, key)?.id).toBe(command.id);
      const [before, done] = [fresh.model, fresh.done.length];
      await fresh.press(command.keys[0]!);
      await fresh.settled();
      const moved = fresh.model !== before || fresh.done.length > done;
      expect(moved, command.id).toBe(true);
      expect(fresh.model.notice?.text ?? "").not.toMatch(/^not now/);
    }
  });

  it("keeps ? and q in the hints however narrow it is", async () => {
    const screen = await play({ columns: 60, rows: 18 });
    await screen.press("enter", "enter");
    expect(rowsText(hintRows(screen.model, 1), "unicode")).toMatch(/\? all keys +q lessons$/);
  });

  it("says why a key does nothing now", async () => {
    const screen = await play(size);
    await screen.press("enter", "right");
    expect(screen.model.notice?.text).toBe("not now: run it first (Enter)");
  });
});

describe("key names", () => {
  it("take apart what arrived in one piece", () => {
    expect(keyNames("\r \u0004", {})).toEqual(["enter", "space", "ctrl+d"]);
    expect(keyNames("nnN", {})).toEqual(["n", "n", "N"]);
    expect(keyNames("", { leftArrow: true, shift: true })).toEqual(["shift+left"]);
    expect(keyNames("c", { ctrl: true })).toEqual(["ctrl+c"]);
    expect(keyNames("", { tab: true, shift: true })).toEqual(["shift+tab"]);
  });
});

describe("a window that is too small", () => {
  it("says both sizes and knows only q and Ctrl+C", async () => {
    const screen = await play({ columns: 48, rows: 12 });
    expect(whereAmI(screen.model)).toBe("small");
    expect(screen.text()).toContain("racelab needs 60 x 18");
    expect(screen.text()).toMatch(/48 x\s+12/);
    for (const key of ["enter", "?", "down", "1"]) expect(commandFor(screen.model, key)).toBeUndefined();
    await screen.press("q", "ctrl+c");
    expect(screen.done).toEqual(["quit 0", "quit 130"]);
  });
  it("keeps everything for when it is larger again", async () => {
    const screen = await play(size);
    await screen.press("enter", "enter", "left");
    const before = screen.text();
    screen.send({ kind: "resized", size: { columns: 30, rows: 5 } });
    await screen.press("down", "x");
    screen.send({ kind: "resized", size });
    expect(screen.text()).toBe(before);
  });
});
