/** "You decide" as a game: a goal in the story's words, three stars, an end that is said at once, a second round. */
import { describe, expect, it } from "vitest";
import { decide } from "../../src/tui/screens/decide/screen.js";
import { starsOf } from "../../src/tui/screens/decide/state.js";
import { screenState } from "../../src/tui/screens/index.js";
import { lessonOpened } from "./lesson-opened.js";
import { play } from "./play.js";

const size = { columns: 100, rows: 30 };
const opened = async (...keys: string[]) => {
  const screen = await play(size);
  await screen.press("enter", "4", ...keys);
  return screen;
};
type Played = Awaited<ReturnType<typeof play>>;
const state = (screen: Played) => screenState(screen.model, decide);
const stars = (screen: Played) => starsOf(state(screen), state(screen).view!);

describe("the goal", () => {
  it("is in the words of the story, with three stars to get", async () => {
    const screen = await opened();
    expect(screen.text()).toContain("goal  Lose a sale   ☆☆☆");
    expect(stars(screen)).toEqual(["possible", "possible", "possible"]);
  });

  it("is said to be reached with the very move that decides it, and not before", async () => {
    const screen = await opened("1");
    expect(screen.text()).not.toContain("You broke it");
    await screen.press("2");
    for (const said of ["You broke it", "Decided at step 2: whoever goes next, it ends broken.", "can still end at 98 99"])
      expect(screen.text()).toContain(said);
    expect(screen.text()).toContain("★ broken   ☆ the worst end: stock 99   ☆ fewest switches: 3");
  });

  it("that is decided is played to its end by Enter, with no more switches than needed", async () => {
    const screen = await opened("1", "2", "enter");
    const { view } = state(screen);
    expect(view).toMatchObject({ over: true, schedule: "122133" });
    expect(stars(screen)).toEqual(["got", "missed", "got"]);
    expect(screen.text()).toContain("(missed)");
  });

  it("that is decided lets the learner go on with u or a digit, and undo leads back to before it was", async () => {
    const screen = await opened("1", "2", "u");
    expect(screen.text()).not.toContain("You broke it");
    expect(state(screen).view?.schedule).toBe("12");
    await screen.press("2");
    expect(screen.text()).not.toContain("You broke it");
    await screen.press("u", "u");
    expect(state(screen).view?.schedule).toBe("1");
    await screen.press("3");
    expect(screen.text()).toContain("You broke it");
  });

  it("has all three stars for the worst end with the fewest switches", async () => {
    const screen = await opened("1", "2", "2", "3", "3", "1");
    expect(state(screen).view?.label).toBe("stock 99");
    expect(stars(screen)).toEqual(["got", "got", "got"]);
    expect(screen.text()).toContain("goal  Lose a sale   ★★★");
  });

  it("that an order misses has no star, though the order is right", async () => {
    const screen = await opened("1", "1", "2", "2", "3", "3");
    expect(stars(screen)).toEqual(["missed", "missed", "missed"]);
    expect(screen.text()).toContain("It ends at stock 97: right.");
  });
});

describe("each move", () => {
  it("is told in a sentence, and shows at once who holds what, whose copy is stale, who waits", async () => {
    const screen = await opened("1", "2", "u", "2");
    expect(screen.text()).toContain("Buyer 2 writes stock 99.");
    expect(screen.text()).toMatch(/buyer 1 +read 100─+▴~+ *\n/);
    expect(screen.text()).toContain("holds 100, stale since step 3");
    const locked = await lessonOpened("deadlock", size);
    await locked.press("4", "1");
    expect(locked.text()).toMatch(/customer 1 +lock═+ *\n/);
    await locked.press("2");
    expect(locked.text()).toMatch(/customer 2 .*░+ *\n/);
  });
});

describe("the second round", () => {
  const broken = ["1", "2", "2", "3", "3", "1"] as const;

  it("is the same story under a protection that holds: what is blocked says why, and no order breaks it", async () => {
    const screen = await opened(...broken);
    expect(screen.text()).toContain("Enter the same under mutex: try again");
    await screen.press("enter");
    expect(screen.text()).toContain("goal  now it runs under mutex: try to break it again");
    expect(state(screen)).toMatchObject({ round: 2, given: { setting: { strategy: "mutex" } } });
    await screen.press("1", "2");
    expect(screen.model.notice?.text).toContain("2 cannot go (blocked: waits until buyer 1 lets go");
    expect(screen.text().match(/blocked: waits until buyer 1 lets go/g)).toHaveLength(3);
    await screen.press("a");
    expect(screen.text()).toContain("mutex has held");
    await screen.press("enter");
    expect(screen.model.screen).toBe("schedules");
    expect(screen.text()).toContain("none   3 tasks");
  });

  it("comes after the goal is reached only", async () => {
    const screen = await opened("1", "1", "2", "2", "3", "3");
    expect(screen.text()).toContain("Enter every schedule");
  });
});
