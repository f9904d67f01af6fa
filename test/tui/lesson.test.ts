/** A whole lesson, stage by stage, without a terminal. */
import { describe, expect, it } from "vitest";
import type { Language } from "../../src/core/language.js";
import { rowsText } from "../../src/report/text.js";
import { legendOf } from "../../src/tui/keys.js";
import { decide } from "../../src/tui/screens/decide/screen.js";
import { decideOptions, hintFor } from "../../src/tui/screens/decide/state.js";
import { screenState } from "../../src/tui/screens/index.js";
import { interleaving } from "../../src/tui/screens/interleaving/screen.js";
import { predict } from "../../src/tui/screens/predict/screen.js";
import { score } from "../../src/tui/screens/predict/state.js";
import { schedules } from "../../src/tui/screens/schedules/screen.js";
import type { ScreenSize } from "../../src/tui/state.js";
import { inProcess, remembering, tellingTime, withCounter, withRealRuns } from "./in-process.js";
import { play as playLesson } from "./play.js";

const size = { columns: 100, rows: 30 };
const play = (size: ScreenSize, services = inProcess(tellingTime())) => playLesson(size, withCounter(services));

describe("predict", () => {
  it("asks before it shows, and does not say which ends are possible", async () => {
    const screen = await play(size);
    await screen.press("enter", "2");
    expect(screen.text()).toContain("What can the stock be afterwards");
    expect(screen.text()).toMatch(/1 \[ \] 96 +2 \[ \] 97 +3 \[ \] 98 +4 \[ \] 99 +5 \[ \] 100/);
    expect(screen.text()).not.toContain("53.3%");
  });
  it("scores every end, the amount and the choice against what the explorer found", async () => {
    const screen = await play(size);
    await screen.press("enter", "2", "2", "3", "4", "enter", "4", "enter", "3", "4", "5", "6", "enter");
    expect(score(screenState(screen.model, predict), "en")).toEqual({ right: 11, all: 12 });
    expect(screen.text()).toContain("11 of 12 right");
  });
  it("takes the marked answer with Enter where none was chosen, and commits nothing before all are answered", async () => {
    const screen = await play(size);
    await screen.press("enter", "2", "down", "enter");
    expect(screenState(screen.model, predict)).toMatchObject({ answers: [[1], [], []], at: 1, committed: false });
    await screen.press("down", "down", "enter");
    expect(screenState(screen.model, predict)).toMatchObject({ answers: [[1], [2], []], at: 2, committed: false });
    await screen.press("right", "down", "right", "enter");
    expect(screenState(screen.model, predict)).toMatchObject({ answers: [[1], [2], [0, 1]], committed: true });
  });
  it("takes a mark back when it is made again, and answers again after u", async () => {
    const screen = await play(size);
    await screen.press("enter", "2", "2", "2");
    expect(screenState(screen.model, predict).answers[0]).toEqual([]);
    await screen.press("2", "enter", "4", "enter", "3", "enter", "u");
    expect(screenState(screen.model, predict).committed).toBe(false);
  });
  it("keeps the answers for the next visit", async () => {
    const services = inProcess(tellingTime());
    const first = await play(size, services);
    await first.press("enter", "2", "2", "enter", "4", "enter", "3", "enter");
    const second = await play(size, services);
    await second.press("enter", "2");
    expect(second.text()).toMatch(/\d+ of 12 right/);
  });
  it("leads to a schedule that ends as nobody expected", async () => {
    const screen = await play(size);
    await screen.press("enter", "2", "2", "3", "4", "enter", "4", "enter", "3", "4", "5", "6", "enter", "enter");
    expect(screen.model.screen).toBe("interleaving");
    expect(screenState(screen.model, interleaving).view?.label).toBe("count 2");
  });
});

describe("the interleaving", () => {
  it("draws schedule 122221121112, with the program counters beside the real source", async () => {
    const screen = await play(size);
    await screen.press("enter", "3");
    // The first lesson teaches what can still happen with the prediction, and the names of schedules not at all.
    for (const later of ["ends at", "time  ", "id 1222"]) expect(screen.text()).not.toContain(later);
    await screen.press("2", "2", "enter", "4", "enter", "3", "enter", "enter");
    screen.begin(screen.model.lessons[0]!, "interleaving");
    await screen.settled();
    await screen.press("n");
    const text = screen.text();
    for (const line of [
      "step      1      2      3      4      5     [6]     7      8      9      10     11     12",
      "worker 1 R 0───────────▴~~~~~~~~~~~~~~~~~~~~W 1!   R 1───────────W 2    R 2────W 3",
      "worker 2        R 0────W 1    R 1────W 2                  R 1────▾~~~~~~~~~~~~~~~~~~~~W 2",
      "count    0      0      1      1      2      1      1      1      2      2      3      2",
      "done     0      0      1      1      2      3      3      3      4      4      5      6",
      "lost     .      .      .      .      .      2 !    2 !    2 !    2 !    2 !    2 !    4 !",
      "ends at  23456  2345   2345   2345   2345   234    234    23     23     23     2      2",
    ])
      expect(text).toContain(line);
    expect(text).toMatch(/ {2}1 {2}2 +\d+ +const \{ count \} = await/);
    expect(text).toMatch(/ {2}< +\d+ +await write\(COUNT/);
    expect(text).toContain("since step 2 it can no longer end right");
  });
  it("goes back and forth between steps, switches and problems, and never beyond the ends", async () => {
    const screen = await play(size);
    await screen.press("enter", "3");
    const at = () => screenState(screen.model, interleaving).cursor;
    await screen.press("home", "left");
    expect(at()).toBe(-1);
    await screen.press("n");
    expect(at()).toBe(5);
    await screen.press("n");
    expect(at()).toBe(11);
    await screen.press("right", "p", "shift+left");
    expect(at()).toBe(1 + 4 - 4);
    await screen.press("shift+right");
    expect(at()).toBe(5);
  });
  it("follows one task", async () => {
    const screen = await play(size);
    await screen.press("enter", "3", "f", "right");
    expect(screenState(screen.model, interleaving).cursor).toBe(5);
    await screen.press("f", "f", "right");
    expect(screenState(screen.model, interleaving)).toMatchObject({ follow: null, cursor: 6 });
  });
  it("shows the other schedules with the same end, and the same order under the next strategy", async () => {
    const screen = await play(size);
    await screen.press("enter", "3", "]");
    const { view, others } = screenState(screen.model, interleaving);
    expect(others?.schedules).toHaveLength(8);
    expect(view?.label).toBe("count 2");
    expect(view?.schedule).not.toBe("122221121112");
    await screen.press("s", "down", "enter");
    expect(screenState(screen.model, interleaving).view?.setting.strategy).toBe("mutex");
    expect(screenState(screen.model, interleaving).view?.label).toBe("count 6");
  });
  it("finds a step by its words", async () => {
    const screen = await play(size);
    await screen.press("enter", "3", "/", ..."writes of worker 1", "enter");
    expect(screenState(screen.model, interleaving).cursor).toBe(11);
  });
});

describe("you decide", () => {
  it("lets digits choose, says why a blocked one cannot go, and loses nothing by undo", async () => {
    const screen = await play(size);
    await screen.press("enter", "3", "s", "down", "enter", "d");
    // Under the mutex: w1 has the lock, so w2 cannot go.
    expect(screenState(screen.model, decide).given.setting.strategy).toBe("mutex");
    await screen.press("r", "1", "2");
    expect(screen.model.notice?.text).toMatch(
      /^2 cannot go \(blocked: waits until worker 1 lets go, since step 1\)\. Press 1\.$/,
    );
    await screen.press("1", "1", "u", "u");
    expect(screenState(screen.model, decide).view?.schedule).toBe("1");
    await screen.press("right", "right");
    expect(screenState(screen.model, decide).view?.schedule).toBe("111");
    expect(screenState(screen.model, decide).future).toEqual([]);
  });
  it("peeks exactly: what the choices lead to adds up to what there is", async () => {
    const screen = await play(size);
    await screen.press("enter", "4");
    const { view, explored } = screenState(screen.model, decide);
    const options = decideOptions(view!);
    expect(options.reduce((sum, one) => sum + one.schedules, 0n)).toBe(924n);
    expect(options.reduce((sum, one) => sum + one.wrong, 0n)).toBe(explored!.violating);
    await screen.press("p");
    expect(screen.text()).toContain("peek: 452 of 462 reach the goal");
  });
  it("reaches the goal with the fewest switches when every hint is taken, and plays that order under the others", async () => {
    const screen = await play(size);
    await screen.press("enter", "4");
    for (let hint = hintFor(screenState(screen.model, decide)); hint; hint = hintFor(screenState(screen.model, decide)))
      await screen.press(hint);
    expect(screen.text().replace(/\s+/g, " ")).toContain("Goal reached with 2 switches: nobody can do it with fewer.");
    expect(screenState(screen.model, decide).tries).toMatchObject([{ wrong: true, switches: 2 }]);
    expect(screen.text()).toMatch(/mutex +✓ count 6/);
  });
  it("makes every choice that is typed while one is being made", async () => {
    const screen = await play(size);
    await screen.press("enter", "4");
    for (const key of "1221") screen.send({ kind: "key", key });
    await screen.settled();
    expect(screenState(screen.model, decide).view?.schedule).toBe("1221");
  });
});

describe("export", () => {
  it.each([
    ["the interleaving", ["3", "x", "enter"], "wrote lost-update-none-122221121112.html"],
    ["you decide", ["4", "1", "2", "x", "6"], "wrote lost-update-none-12.cast"],
    ["every schedule", ["5", "n", "x", "down", "enter"], "wrote lost-update-none-121112122221.svg"],
  ])("takes away what is on screen in %s", async (_, keys, said) => {
    const screen = await play(size);
    await screen.press("enter", ...keys);
    expect(screen.model.notice).toEqual({ text: said, bad: false });
  });
  it("has nothing to take away before anything was chosen", async () => {
    const screen = await play(size);
    await screen.press("enter", "4", "x");
    expect(screen.model.notice?.text).toMatch(/^not now/);
  });
});

describe("a bookmark", () => {
  const opened = async (remember = remembering()) => {
    const screen = await play(size, { ...inProcess(tellingTime()), remember });
    await screen.press("enter", "4");
    return screen;
  };

  it("keeps the point, leads back to it with everything before it, and loses no try", async () => {
    const screen = await opened();
    await screen.press("1", "2", "b", "enter");
    expect(screen.text()).toContain("State after step 2, bookmarked");
    expect(screen.model.notice?.text).toBe("kept: b lists this point and leads back");
    const before = screenState(screen.model, decide).view;
    await screen.press("2", "b", "enter", "a");
    expect(screen.text()).toContain("b bookmarks (2)");
    const { tries } = screenState(screen.model, decide);
    await screen.press("b");
    expect(screen.text()).toMatch(
      /▸ 1 +keep this point\n +2 +none +2 tasks, 3 each +2 steps +12\n[\s\S]* 3 +none +2 tasks, 3 each +3 steps +122/,
    );
    await screen.press("2");
    expect(screenState(screen.model, decide).view).toEqual(before);
    expect(screenState(screen.model, decide).tries).toBe(tries);
    await screen.press("left", "left");
    expect(screenState(screen.model, decide).view?.steps).toHaveLength(0);
    await screen.press("b", "down", "down", "enter");
    expect(screenState(screen.model, decide).view?.schedule).toBe("122");
  });
  it("is of a point once, and taken away where it is kept", async () => {
    const screen = await opened();
    await screen.press("1", "b", "enter", "2", "b", "enter", "left", "b", "enter");
    expect(screen.model.notice?.text).toBe("the bookmark is gone");
    expect(screen.text()).not.toContain("bookmarked");
    await screen.press("b");
    expect(screen.text()).toContain("2 steps");
    expect(screen.text()).not.toContain("1 step ");
    const list = screen.text();
    await screen.press("9");
    expect(screen.text()).toBe(list);
    await screen.press("esc");
    expect(screen.model.overlay).toBeNull();
  });
  it("of another strategy leads to that strategy, and is there for the next program", async () => {
    const remember = remembering();
    const first = await opened(remember);
    await first.press("1", "b", "enter");
    const next = await play(size, { ...inProcess(tellingTime()), remember });
    const setting = { lesson: "lost-update", strategy: "mutex", size: { tasks: 2, each: 3 } };
    next.begin(next.model.lessons[0]!, "decide", { setting, schedule: "" });
    await next.settled();
    await next.press("b", "2");
    expect(screenState(next.model, decide).view).toMatchObject({ schedule: "1", setting: { strategy: "none" } });
  });
  it("that cannot be played any more says so, and one stays where one is", async () => {
    const remember = remembering();
    const { setting } = { setting: { lesson: "lost-update", strategy: "none", size: { tasks: 2, each: 3 } } };
    remember.set("lost-update.bookmarks", [{ setting, schedule: "1777" }]);
    const screen = await opened(remember);
    await screen.press("1");
    const before = screenState(screen.model, decide).view;
    await screen.press("b", "2");
    expect(screen.model.notice?.bad).toBe(true);
    expect(screenState(screen.model, decide).view).toBe(before);
  });
});

describe("every schedule", () => {
  it("has the exact counts, your prediction and the real runs side by side, and the random walk behind ?", async () => {
    const screen = await play({ columns: 160, rows: 48 });
    await screen.press("enter", "2", "2", "3", "4", "enter", "4", "enter", "3", "4", "5", "6", "enter", "g", "5");
    expect(screen.text()).toContain("904 of 924 schedules are wrong (97.8%)");
    expect(screen.text()).toMatch(/✗ wrong +904 +97\.8% +█+/);
    expect(screen.text()).toMatch(/✓ 6 +20 +2\.2% +said it .* 1,989$/m);
    expect(screen.text()).toMatch(/✗ 2 +8 +0\.9% +missed .* 0$/m);
    expect(screen.text()).not.toContain("6.64%");
    expect(rowsText(legendOf(screen.model), "unicode")).toMatch(/A random walk[\s\S]*count 6\s+6\.64%/);
  });
  it("counts the other strategies of the lesson beneath, and goes over to one from a list", async () => {
    const screen = await play(size);
    await screen.press("enter", "5");
    expect(screen.text()).toMatch(/✗ none 904 of 924 wrong/);
    expect(screen.text()).toMatch(/✓ mutex all 2 right/);
    await screen.press("s", "2");
    expect(screenState(screen.model, schedules).setting.strategy).toBe("mutex");
    expect(screen.text()).toContain("It holds in every one of 2 schedules.");
  });
  it("draws the smallest schedule of each end, and grows with the size", async () => {
    const screen = await play({ columns: 160, rows: 48 });
    await screen.press("enter", "5", "down");
    expect(screenState(screen.model, schedules).example?.view.label).toBe("count 3");
    expect(screen.text()).toContain("Smallest way to go wrong");
    await screen.press("f");
    expect(screen.text()).toMatch(/2 tasks, 2 each +70 /);
    expect(screen.text()).toMatch(/3 tasks, 3 each/);
  });
  it("goes through all schedules of the chosen end, each once, and never beyond them", async () => {
    const screen = await play({ columns: 160, rows: 48 });
    await screen.press("enter", "5", "up", "up");
    const example = () => screenState(screen.model, schedules).example!;
    expect(screen.text()).toContain("1 of 8");
    const seen = [example().view];
    for (let n = 2; n <= 8; n++) {
      await screen.press("n");
      expect(screen.text()).toContain(`id ${example().view.schedule}   ${n} of 8`);
      seen.push(example().view);
    }
    expect(new Set(seen.map(({ schedule }) => schedule)).size).toBe(8);
    expect(new Set(seen.map(({ label }) => label))).toEqual(new Set(["count 2"]));
    await screen.press("n");
    expect(screen.model.notice?.text).toBe("not now: this is the last of them");
    await screen.press("p");
    expect(example().view).toEqual(seen[6]);
    await screen.press("t");
    expect(screenState(screen.model, interleaving).view?.schedule).toBe(seen[6]!.schedule);
  });
  it("takes every n that is typed while one is being looked for, and lists more when those it has are through", async () => {
    const screen = await play({ columns: 160, rows: 48 });
    await screen.press("enter", "5", "down");
    for (let n = 0; n < 120; n++) screen.send({ kind: "key", key: "n" });
    await screen.settled();
    expect(screen.text()).toMatch(/id \d+ {3}121 of 300/);
    await screen.press("down");
    expect(screenState(screen.model, schedules).example?.nth).toBe(0);
  });
  it("counts real threads beside them, without being asked", async () => {
    const screen = await play(size, withRealRuns(withCounter(inProcess(tellingTime()))));
    await screen.press("enter", "5");
    const { real, explored } = screenState(screen.model, schedules);
    expect(real?.runs).toBe(2000);
    expect([...real!.ends.values()].reduce((sum, n) => sum + n, 0)).toBe(2000);
    for (const label of real!.ends.keys()) expect(explored!.ends.map((end) => end.label)).toContain(label);
  });
});

describe("the list of lessons", () => {
  it("stands in groups, and shows of each lesson which of its eight stages are done", async () => {
    const remember = remembering();
    const groups = [
      { title: "First things", says: "Read, then write." },
      { title: "More rows", says: "Rules over rows." },
    ];
    const lessons = [1, 2, 3].map((n) => ({
      ...inProcess(tellingTime()).lessons()[0]!,
      number: n,
      ...(n > 1 && { id: `other-${n}`, title: `Lesson ${n}` }),
      group: groups[n < 3 ? 0 : 1]!,
    }));
    const screen = await playLesson(
      { columns: 100, rows: 30 },
      { ...inProcess(tellingTime()), remember, lessons: () => lessons },
    );
    await screen.press("enter", "5", "esc");
    expect(screen.text()).toMatch(/First things[^\n]*\n ▸ {2}1 {2}Lost update[^\n]*····█···/);
    expect(screen.text()).toMatch(/ 2 {2}Lesson 2[^\n]*········[^\n]*\n More rows[^\n]*\n +3 {2}Lesson 3/);
    expect(screen.text()).toMatch(/│ Read, then write\./);
    expect(screen.text()).toMatch(/5 every order +✓/);
  });
});

describe("what the lesson says of an end", () => {
  const setting = { lesson: "lost-update", strategy: "none", size: { tasks: 2 } };
  const at = async (where: string, given: unknown, language: Language = "en") => {
    const screen = await play(size, { ...inProcess(tellingTime()), language });
    screen.begin(screen.model.lessons[0]!, where, given);
    await screen.settled();
    return screen;
  };
  const forbidden = "forbidden: A buyer has a receipt for a piece that is still on the shelf and will be sold again.";

  it("stands under every schedule for the end that is chosen", async () => {
    const screen = await at("schedules", { setting });
    expect(screen.text()).toContain(forbidden);
    await screen.press("up");
    expect(screen.text()).toContain("expected: As many are gone as were sold.");
  });
  it("is told at the last step and not before", async () => {
    const screen = await at("interleaving", { setting, schedule: "1221", step: 3 });
    expect(screen.text()).not.toContain("A buyer has a receipt");
    await screen.press("right");
    expect(screen.text().replace(/\s+/g, " ")).toContain(forbidden);
  });
  it("is told to who decided, as soon as it is over", async () => {
    const screen = await at("decide", { setting, schedule: "122" });
    expect(screen.text()).not.toContain("A buyer has a receipt");
    await screen.press("1");
    expect(screen.text()).toContain(forbidden);
  });
  it("stands below the failing schedule of an exercise", async () => {
    const screen = await play(size);
    await screen.press("enter", "8");
    expect(screen.text().replaceAll(/ *\n[^\n│]*│ /g, " ")).toContain(forbidden);
  });
  it.each(["schedules", "interleaving", "decide"])("is Korean where the course is: %s", async (where) => {
    const screen = await at(where, { setting, schedule: "1221", step: 4 }, "ko");
    expect(screen.text().replace(/\s+/g, " ")).toContain("금지: 영수증은 나갔는데, 그 상품은 재고에 남아 또 팔립니다.");
  });
  it("is nothing where the lesson says nothing", async () => {
    const screen = await at("schedules", { setting: { ...setting, size: { tasks: 2, each: 2 } } });
    expect(screen.text()).not.toContain("forbidden");
  });
});

describe("in Korean", () => {
  it("the screens' own words are Korean, and nothing is wider than it should be", async () => {
    const screen = await play(size, { ...inProcess(tellingTime()), language: "ko" });
    await screen.press("enter", "2");
    expect(screen.text()).toContain("얼마나 확신하나요?");
    await screen.press("g", "3");
    expect(screen.text()).toContain("Enter 다음 단계");
  });
});
