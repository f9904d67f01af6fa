import { describe, expect, it } from "vitest";
import { offBy } from "../../src/report/tally.js";
import { screenState } from "../../src/tui/screens/index.js";
import { threads } from "../../src/tui/screens/threads/screen.js";
import { shownResult, shownSteps } from "../../src/tui/screens/threads/state.js";
import { inProcess, tellingTime } from "./in-process.js";
import { play } from "./play.js";

const size = { columns: 100, rows: 30 };

describe("a lesson", () => {
  it("runs unprotected, loses updates and shows the two requests that met", async () => {
    const screen = await play(size);
    await screen.press("enter", "6", "enter");
    const shown = shownResult(screenState(screen.model, threads))!;
    const { tally, violations } = shown.observation;
    expect(tally.actual).toBeGreaterThan(tally.expected);
    const named = violations.filter(({ anomaly }) => anomaly === "lost update").length;
    expect(shown.collisions.filter(({ what }) => what === "lost update")).toHaveLength(named);
    expect(screen.text()).toContain(`Lost update 1 of ${named}`);
    expect(shown.collisions[0]?.tasks).toHaveLength(2);
    const step = shownSteps(shown)[shown.cursor]!;
    expect(step.n).toBe(shown.collisions[0]?.at);
    expect(offBy(step)).toBeGreaterThan(0);
  });

  it.each([1, 2, 3, 4])("holds under strategy %s of the list, and the results stay side by side", async (index) => {
    const screen = await play(size);
    await screen.press("enter", "6", "enter", ...Array.from({ length: index }, () => "down"), "enter");
    const shown = shownResult(screenState(screen.model, threads))!;
    expect(shown.observation.tally.actual).toBe(shown.observation.tally.expected);
    expect(
      shownSteps(shown)
        .map(offBy)
        .every((each) => each === 0),
    ).toBe(true);
    expect(Object.keys(screenState(screen.model, threads).results)).toHaveLength(2);
    expect(screen.text()).toMatch(/none .*✗/);
    expect(screen.text()).toContain("✓");
  });

  it("goes from place to place and back, and remembers where it was under each strategy", async () => {
    const screen = await play(size);
    await screen.press("enter", "6", "enter", "n", "n", "p", "left");
    const { collision, cursor } = shownResult(screenState(screen.model, threads))!;
    expect(collision).toBe(1);
    await screen.press("down", "up");
    expect(shownResult(screenState(screen.model, threads))).toMatchObject({ collision, cursor });
  });

  it("is as it was left after a look at the list", async () => {
    const screen = await play(size);
    await screen.press("enter", "6", "enter");
    const before = screen.text();
    await screen.press("esc", "enter");
    expect(screen.text()).toBe(before);
  });
});

describe("a run", () => {
  /** A service whose run goes on until it is stopped. */
  const endless = () => ({
    ...inProcess(tellingTime()),
    run: (_: unknown, on: (progress: never) => void, signal: AbortSignal) =>
      new Promise<never>((_, reject) => {
        const timer = setInterval(() => on({ requests: 100, done: 7, operations: 20, running: 32 } as never), 1);
        signal.addEventListener("abort", () => {
          clearInterval(timer);
          reject(new Error("stopped"));
        });
      }),
  });

  it("stops at the first Ctrl+C and leaves at the second", async () => {
    const screen = await play(size, endless());
    await screen.press("enter", "6");
    screen.send({ kind: "key", key: "enter" });
    await new Promise((wake) => setTimeout(wake, 20));
    expect(screen.text()).toContain("running none");
    await screen.press("ctrl+c");
    await screen.settled();
    expect(screenState(screen.model, threads).running).toBeNull();
    expect(screen.text()).toContain("stopped");
    expect(screen.done).toEqual([]);
    await screen.press("ctrl+c");
    expect(screen.done).toEqual(["quit 130"]);
  });

  it("changes its counters at most eight times a second", async () => {
    const screen = await play(size, endless());
    await screen.press("enter", "6");
    screen.send({ kind: "key", key: "enter" });
    const [before, began] = [screen.changes.length, performance.now()];
    while (screen.changes.length - before < 5) await new Promise((wake) => setTimeout(wake, 100));
    const seconds = (performance.now() - began) / 1000;
    expect(screen.changes.length - before).toBeLessThanOrEqual(8 * seconds + 2);
    await screen.press("ctrl+c");
  });

  it("that cannot be made says why and loses nothing", async () => {
    const screen = await play(size, {
      ...inProcess(tellingTime()),
      run: () => Promise.reject(new Error("no store is called memry:")),
    });
    await screen.press("enter", "6", "enter");
    expect(screen.model.notice).toEqual({ text: "no store is called memry:", bad: true });
    expect(screen.text()).toContain("no store is called memry:");
  });
});
