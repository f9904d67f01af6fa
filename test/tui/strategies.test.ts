/** The menu of strategies, sizes and faults over one schedule. */
import { describe, expect, it } from "vitest";
import { lessonContent, lessonSummaries } from "../../src/services/lessons.js";
import { screenState } from "../../src/tui/screens/index.js";
import { interleaving } from "../../src/tui/screens/interleaving/screen.js";
import type { ScreenSize } from "../../src/tui/state.js";
import { inProcess, tellingTime } from "./in-process.js";
import { lessonOpened } from "./lesson-opened.js";
import { play } from "./play.js";

const size = { columns: 100, rows: 30 };
const open = async (keys: readonly string[], at: ScreenSize = size) => {
  const screen = await play(at);
  await screen.press("enter", "3", ...keys);
  return screen;
};
type Played = Awaited<ReturnType<typeof play>>;
const state = (screen: Played) => screenState(screen.model, interleaving);

describe("the menu of strategies", () => {
  it("has what each strategy makes of the order on screen, as the end of you decide has it", async () => {
    const screen = await open(["s"]);
    for (const line of [
      /▸ 1 {2}none +✗ stock 99/,
      /2 {2}mutex +✓ stock 97 +4 turns waiting/,
      /4 {2}cas +✓ stock 97 +1 conflict, redone/,
    ])
      expect(screen.text()).toMatch(line);
    const { replays } = state(screen);
    expect(replays).toMatchObject(
      (await inProcess().explorer.replay(
        { lesson: "lost-update", strategy: "none" },
        "122331",
        replays!.map(({ strategy }) => strategy),
        new AbortController().signal,
      )) as object[],
    );
  });

  it("shows the marked strategy at once, always in the order of the first one, with what is different in one sentence", async () => {
    const screen = await open(["s", "down", "down"]);
    expect(screen.text()).toContain("row-lock: buyer 3 waits at step 5 for buyer 2; it ends at stock 97 ✓");
    await screen.press("down");
    expect(state(screen).view).toMatchObject({ setting: { strategy: "cas" }, schedule: "12233111" });
    expect(screen.text()).toContain("cas: buyer 1 is refused at step 6, because the row has changed; it ends at stock 97 ✓");
    // Keeping one does not change the order that the others play.
    await screen.press("enter", "s", "up", "up");
    expect(state(screen).original?.schedule).toBe("122331");
    expect(screen.text()).toContain("mutex: buyer 2 waits at step 2 for buyer 1; it ends at stock 97 ✓");
  });

  it("keeps with Enter what it shows, and leads back with Esc to what was there", async () => {
    const screen = await open(["right", "s"]);
    await screen.press("esc");
    const before = screen.text();
    await screen.press("s", "down", "down", "down", "esc");
    expect(screen.text()).toBe(before);
    await screen.press("s", "down", "enter");
    expect(state(screen)).toMatchObject({ menu: null, cursor: 1, view: { setting: { strategy: "mutex" } } });
    await screen.press("s", "up", "enter");
    expect(state(screen)).toMatchObject({ original: null, view: { schedule: "122331" } });
    expect(screen.text()).toBe(before);
  });

  it("has the sizes by the lesson's words, and begins anew with the smallest failing order of that size", async () => {
    const screen = await open(["s", "up", "9", "left"]);
    expect(screen.text()).toMatch(/buyers +\[2\] {2}3 {3}4/);
    expect(state(screen).view).toMatchObject({ schedule: "1221", setting: { size: { tasks: 2 } } });
    expect(screen.text()).toMatch(/none +✗ stock 99/);
    await screen.press("esc");
    expect(state(screen).view?.schedule).toBe("122331");
    expect(state(screen).replays).toBeNull();
  });

  it("lets a fault happen that the lesson speaks of", { timeout: 60_000 }, async () => {
    const screen = await lessonOpened("lease-and-fencing", size);
    await screen.press("3", "s", "9");
    expect(screen.text()).toMatch(/a lease expires once +no +\[yes\]/);
    await screen.press("left");
    expect(screen.text()).toMatch(/a lease expires once +\[no\] +yes/);
    expect(state(screen).view?.setting.faults).toBeUndefined();
  });

  it("has its keys to itself, each in the hints or in ?", async () => {
    const screen = await open(["s"]);
    expect(screen.text()).toContain("Enter keep this");
    await screen.press("x");
    expect(screen.model.overlay).toBeNull();
    await screen.press("?");
    for (const key of ["keep this", "as it was", "fewer, more", "choose"]) expect(screen.text()).toContain(key);
  });

  it("draws the original and the marked strategy side by side from 130 columns on, on the same rows", async () => {
    const wide = await open(["s", "down", "down", "down", "enter"], { columns: 130, rows: 40 });
    expect(wide.text()).toMatch(/── none ─+ stock 99 ──┬── cas ─+ stock 97 ──/);
    expect(wide.text()).toMatch(/^buyer 1 .*│buyer 1 /m);
    expect((await open(["s", "down", "down", "down", "enter"], { columns: 129, rows: 40 })).text()).not.toContain("┬── cas");
  });

  it("is Korean where the course is", async () => {
    const summaries = await lessonSummaries("ko");
    const services = { ...inProcess(tellingTime()), language: "ko" as const };
    const screen = await play(size, {
      ...services,
      lessons: () => summaries.slice(0, 1),
      lesson: (id) => lessonContent(id, "ko"),
    });
    await screen.press("enter", "3", "s", "down");
    expect(screen.text()).toContain("같은 순서를 모든 전략으로");
    expect(screen.text()).toMatch(/mutex: .*2단계에서 .*기다립니다\. .*끝납니다 ✓/);
  });
});
