import { describe, expect, it } from "vitest";
import { exportFormats } from "../../src/report/views.js";
import { commandFor, whyOff } from "../../src/tui/keys.js";
import { exercise } from "../../src/tui/screens/exercise/screen.js";
import { changes, failureNow, judgedNow, triesOf } from "../../src/tui/screens/exercise/state.js";
import { screenState } from "../../src/tui/screens/index.js";
import { interleaving } from "../../src/tui/screens/interleaving/screen.js";
import { exercising, type Version } from "./exercising.js";
import { inProcess, remembering, tellingTime } from "./in-process.js";
import { play } from "./play.js";

const size = { columns: 100, rows: 30 };

async function opened(first: Version = "start") {
  const exercises = exercising(first);
  const screen = await play(size, { ...inProcess(tellingTime()), exercises, remember: remembering() });
  await screen.press("enter", "8");
  const save = async (version: Version): Promise<void> => {
    exercises.save(version);
    // Progress of work comes at most once in 125 ms.
    await new Promise((wake) => setTimeout(wake, 150));
    await screen.settled();
  };
  return { screen, exercises, save, state: () => screenState(screen.model, exercise) };
}

describe("an exercise", () => {
  it("is judged as it is found, and shows the smallest way in which it goes wrong", async () => {
    const { screen, state } = await opened();
    expect(judgedNow(state())?.failure?.view.schedule).toBe("1221");
    expect(triesOf(state())).toHaveLength(0);
    expect(screen.text()).toMatch(/✗ 2 tasks +6 schedules +4 wrong/);
    expect(screen.text()).toMatch(/▸ +10 +return work/);
    expect(screen.text()).toMatch(/- 3 tasks +not run yet/);
  });

  it("is solved by saving: each save is a try with its count, and what it looks like is said", async () => {
    const { screen, save, state } = await opened();
    await save("wrong/locking-after-reading");
    expect(screen.text()).toMatch(/Looks[\s\S]{0,90}like: locking after reading/);
    await save("wrong/fresh-version");
    await save("solution");
    expect(screen.text()).toMatch(/✓ Right in all [\d,]+ schedules/);
    expect(triesOf(state()).map(({ violating }) => violating)).toEqual(["6", "18", null]);
    expect(screen.text()).toMatch(/Tries {2}✗ ✗ ✓ +wrong schedules {2}6 18 0/);
  });

  it("tells a right answer's round trips beside those of the lesson's strategies, and leads to the next lesson's story", async () => {
    const { screen, save } = await opened();
    await save("solution");
    expect(screen.text().replaceAll(/\s*\n *\d* .*?│ /g, " ")).toContain("yours 4, mutex 4, row-lock 4, atomic-update 1");
    expect(screen.text()).toMatch(/ 8 fix it ✓|▸8 fix it ✓/);
    await screen.press("enter");
    expect(screen.model.screen).toBe("lessons");
  });

  it("keeps the file in sight beside the hint, the list of methods and the solution, and the hint under the verdict", async () => {
    const { screen } = await opened();
    for (const keys of [["i"], ["c"], ["s", "y"]]) {
      await screen.press(...keys);
      expect(screen.text(), keys.join()).toMatch(/▸ 10 {5}return work\.body/);
    }
    await screen.press("tab");
    expect(screen.text()).toMatch(/✗ racelab\/lost-update\.ts:10 lost update[\s\S]*Hint 1 of 3/);
  });

  it("lists what a session can do, first what the lesson's strategies call, with an example of each", async () => {
    const { screen } = await opened();
    await screen.press("c");
    expect(screen.text()).toMatch(/What a session can do[\s\S]*updateWhere\(update\)[\s\S]*session\.updateWhere\(\{/);
    await screen.press(...Array.from({ length: 6 }, () => "down"));
    expect(screen.text()).toMatch(/acquire\(lock, scope\)[\s\S]*session\.acquire\("stock\/1"\)/);
    await screen.press("c");
    expect(screen.text()).not.toContain("What a session can do");
  });

  it("shows what changed since the last try, and only then", async () => {
    const { screen, save, state } = await opened();
    await screen.press("d");
    expect(screen.model.notice?.text).toMatch(/^not now: there is no earlier try/);
    await save("solution");
    await screen.press("d");
    expect(changes(state()).some(({ kind, text }) => kind === "new" && text.includes("session.acquire"))).toBe(true);
    expect(screen.text()).toContain("Changed since the last try");
    await screen.press("d");
    expect(state().pane).toBe("file");
  });

  it("gives hints one after the other, comes back to them, and says when there are no more", async () => {
    const { screen, state } = await opened();
    await screen.press("i");
    expect(screen.text()).toContain("Hint 1 of 3");
    await screen.press("tab", "i");
    expect(state()).toMatchObject({ hints: 1, pane: "hints" });
    await screen.press("i", "i");
    expect(screen.text()).toContain("Hint 3 of 3");
    await screen.press("i");
    expect(screen.model.notice?.text).toBe("these are all the hints");
  });

  it("asks before the solution is shown; no key but y shows it", async () => {
    const { screen, state } = await opened();
    for (const key of ["n", "esc", "enter", "q"]) {
      await screen.press("s");
      expect(screen.text()).toContain("Show the solution?");
      await screen.press("i", "x", key);
      expect(screen.model.overlay).toBeNull();
      expect(state()).toMatchObject({ solution: false, hints: 0, pane: "file" });
      expect(screen.model.screen).toBe("exercise");
    }
    await screen.press("s", "y");
    expect(screen.text()).toMatch(/Solution[\s\S]*const \[lock = ""\] = /);
    await screen.press("s");
    expect(state().pane).toBe("file");
    await screen.press("s");
    expect(state().pane).toBe("solution");
  });

  it("asks before the file is written anew, and what was in it is kept", async () => {
    const { screen, save, exercises } = await opened();
    await save("wrong/fresh-version");
    await screen.press(":", ..."reset", "enter", "n");
    expect(exercises.kept).toEqual([]);
    await screen.press(":", ..."reset", "enter", "y");
    expect(exercises.kept).toHaveLength(1);
    expect(exercises.kept[0]).toContain("readVersioned");
    await new Promise((wake) => setTimeout(wake, 150));
    await screen.settled();
    expect(screen.text()).toContain("your protection, so far");
  });

  it("opens the editor at the line at which it was decided", async () => {
    const { screen, save } = await opened();
    await save("wrong/fresh-version");
    await screen.press("e");
    expect(screen.done).toEqual(["edit racelab/lost-update.ts:18"]);
  });

  it("is stepped through beside the learner's own file, and only the course's strategies can be asked more", async () => {
    const { screen, save } = await opened();
    await save("wrong/fresh-version");
    await screen.press("enter");
    expect(screen.model.screen).toBe("interleaving");
    const { view } = screenState(screen.model, interleaving);
    expect(view?.schedule).toBe("122211");
    expect(screen.text()).toContain("racelab/lost-update.ts");
    await screen.press("right", "right", "right");
    expect(screen.text()).toContain("State after step 4");
    for (const key of ["d", "]", "s"]) {
      const command = commandFor(screen.model, key);
      expect(command && whyOff(screen.model, command)).toMatch(/your own file/);
    }
    await screen.press("8");
    expect(screen.model.screen).toBe("exercise");
  });

  it("goes through the other failing schedules, each told by what happened in it, and steps through the one on screen", async () => {
    const { screen, save, state } = await opened();
    expect(screen.text()).toMatch(/Shortest failing schedule .* 1221 +1 of 4 ──/);
    const seen = [failureNow(state())!.view];
    for (let n = 2; n <= 4; n++) {
      await screen.press("n");
      expect(screen.text()).toMatch(new RegExp(`── Failing schedule .* ${failureNow(state())!.view.schedule} +${n} of 4 ──`));
      seen.push(failureNow(state())!.view);
    }
    expect(seen.map(({ schedule }) => schedule).sort()).toEqual(["1212", "1221", "2112", "2121"]);
    expect(seen.every(({ broken }) => broken.length > 0)).toBe(true);
    await screen.press("n");
    expect(screen.model.notice?.text).toBe("not now: this is the last of them");
    await screen.press("p", "enter");
    expect(screenState(screen.model, interleaving).view).toBe(seen[2]);
    await screen.press("8");
    await save("wrong/fresh-version");
    expect(state().failing).toBe(0);
    expect(screen.text()).toContain("Shortest failing schedule");
  });

  it("is taken away as a file in every format: the failing schedule that is on screen, here and where it is stepped through", async () => {
    const { screen } = await opened();
    await screen.press("n", "x");
    for (const [index, format] of exportFormats.entries())
      expect(screen.text()).toMatch(new RegExp(`${index + 1} +\\.${format} `));
    await screen.press("2");
    const { schedule } = failureNow(screenState(screen.model, exercise))!.view;
    expect(screen.model.notice?.text).toBe(`wrote lost-update-own-${schedule}.svg`);
    await screen.press("enter", "x", "enter");
    expect(screen.model.notice?.text).toBe(`wrote lost-update-own-${schedule}.html`);
  });

  it("says how many failing schedules there are where not all of them are shown", async () => {
    const { screen, save } = await opened();
    await save("wrong/fresh-version");
    await screen.press("n");
    expect(screen.text()).toContain("2 of 8 shown, 18 in all");
  });

  it("goes on watching while another screen is on top, and starts anew when its lesson is left", async () => {
    const { screen, save, state } = await opened();
    await screen.press("1");
    await save("solution");
    expect(judgedNow(state())?.verdict).toBe("right");
    expect(screen.model.screen).toBe("story");
  });
});

describe("a check", () => {
  it("is given up for the next save, which is judged as if nothing had been", async () => {
    const { screen, save, exercises, state } = await opened();
    const release = exercises.hold();
    exercises.save("wrong/fresh-version");
    await new Promise((wake) => setTimeout(wake, 150));
    expect(screen.text()).toContain("checking");
    expect(judgedNow(state())).toBeNull();
    exercises.save("solution");
    await new Promise((wake) => setTimeout(wake, 150));
    release();
    await save("solution");
    expect(judgedNow(state())?.verdict).toBe("right");
  });

  it("stops at the first Ctrl+C, and the second leaves", async () => {
    const { screen, exercises } = await opened();
    exercises.hold();
    exercises.save("solution");
    await new Promise((wake) => setTimeout(wake, 150));
    screen.send({ kind: "key", key: "ctrl+c" });
    await new Promise((wake) => setTimeout(wake, 20));
    expect(screen.text()).toContain("stopped: save again to check");
    expect(screen.done).toEqual([]);
    screen.send({ kind: "key", key: "ctrl+c" });
    expect(screen.done).toEqual(["quit 130"]);
  });
});

describe("where the learner is", () => {
  it("is where the next program opens: lesson, screen, schedule, step, strategy", async () => {
    const services = { ...inProcess(tellingTime()), remember: remembering() };
    const before = await play(size, services);
    await before.press("enter", "3", "s", "down", "down", "down", "enter", "right", "right");
    await new Promise((wake) => setTimeout(wake, 300));
    const next = await play(size, services);
    next.begin(null);
    await next.settled();
    const placeOf = ({ model }: typeof next) => {
      const { view, cursor } = screenState(model, interleaving);
      return { lesson: model.lesson?.summary.id, screen: model.screen, setting: view?.setting, schedule: view?.schedule, cursor };
    };
    expect(placeOf(next)).toEqual(placeOf(before));
    expect(placeOf(next).setting?.strategy).toBe("cas");
  });

  it("of an own file's schedule is the exercise", async () => {
    const { remember } = { remember: remembering() };
    const services = { ...inProcess(tellingTime()), remember };
    const before = await play(size, services);
    await before.press("enter", "8", "enter");
    expect(before.model.screen).toBe("interleaving");
    await new Promise((wake) => setTimeout(wake, 300));
    const next = await play(size, services);
    next.begin(null);
    await next.settled();
    expect(next.model.screen).toBe("exercise");
  });

  it("is the first minute of the course for whoever comes for the first time, and Esc leads to the list", async () => {
    const screen = await play(size);
    screen.begin(null);
    await screen.settled();
    expect(screen.model.screen).toBe("opening");
    await screen.press("esc");
    expect(screen.model.screen).toBe("lessons");
    expect(screen.text()).toMatch(/1 {2}Lost update +next/);
  });
});

it("y copies what is on the screen as text", async () => {
  const { screen } = await opened();
  await screen.press("y");
  expect(screen.done[0]).toMatch(/^copy [\s\S]*✗ 2 tasks/);
  expect(screen.model.notice?.text).toMatch(/^copied/);
});
