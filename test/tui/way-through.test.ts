/** The way through: the first minute of a new learner, and whole lessons by the arrows and Enter alone. */
import { describe, expect, it } from "vitest";
import { lessonContent, lessonSummaries } from "../../src/services/lessons.js";
import { decide } from "../../src/tui/screens/decide/screen.js";
import { decideOptions, hintFor } from "../../src/tui/screens/decide/state.js";
import { screenState } from "../../src/tui/screens/index.js";
import { opening } from "../../src/tui/screens/opening/screen.js";
import { inProcess, tellingTime } from "./in-process.js";
import { play } from "./play.js";
import { withRecordedComparisons } from "./recorded-comparisons.js";

const size = { columns: 100, rows: 30 };

describe("the first minute", () => {
  it("leads from the start to the first lost sale explained with four times Enter, and to the questions with the fifth", async () => {
    const screen = await play(size);
    screen.begin(null);
    await screen.settled();
    expect(screen.text()).toContain("One minute to nine");
    expect(screen.text()).toContain("Enter open the shop");
    await screen.press("enter");
    const { tally, succeeded } = screenState(screen.model, opening).result!.observation;
    expect(tally.actual).toBeGreaterThan(tally.expected);
    expect(screen.text()).toContain(`${succeeded} buyers were told "ok". The shelf still shows ${tally.actual}.`);
    expect(screen.text()).toContain("Enter how?");
    await screen.press("enter", "enter", "enter");
    expect(screen.text()).toMatch(/the\s+sale\s+of\s+buyer\s+\d+\s+is\s+lost/);
    await screen.press("enter");
    expect(screen.model.screen).toBe("predict");
  });

  it("shows the very collision of that run: two lanes, four columns, and nothing before it happens", async () => {
    const screen = await play(size);
    screen.begin(null);
    await screen.settled();
    await screen.press("enter", "enter");
    const { met, result } = screenState(screen.model, opening);
    expect(met!.steps).toHaveLength(4);
    const events = result!.observation.history.events;
    for (const { event } of met!.steps) expect(events).toContain(event);
    const frames: string[] = [];
    for (let shown = 2; shown <= 4; shown++) {
      frames.push(screen.text());
      expect(screen.text().match(/^buyer /gm)).toHaveLength(2);
      expect(screen.text().match(/^ \d (Buyer|buyer) /gm)).toHaveLength(shown);
      await screen.press("right");
    }
    const [reads, wrote, lost] = frames as [string, string, string];
    for (const before of [reads, wrote]) expect(before).not.toMatch(/~|!$|lost {2}/m);
    expect(reads).not.toMatch(/write \d/);
    expect(lost).toMatch(/~~~+write \d+!/);
    // What is on screen stays where it was.
    const at = (text: string) => text.split("\n").findIndex((line) => line.startsWith("step"));
    expect(new Set(frames.map(at)).size).toBe(1);
  });

  it("fits into a low window: the last sentence is never cut off", async () => {
    for (const language of ["en", "ko"] as const) {
      const screen = await play({ columns: 80, rows: 24 }, { ...inProcess(tellingTime()), language });
      screen.begin(null);
      await screen.settled();
      await screen.press("enter", "enter", "enter", "enter");
      expect(screen.text()).toMatch(language === "en" ? /the\s+sale\s+of\s+buyer\s+\d+\s+is\s+lost/ : /판매가\s+사라졌습니다/);
    }
  });

  it("comes once: whoever has seen it finds the story with its code", async () => {
    const services = inProcess(tellingTime());
    const first = await play(size, services);
    first.begin(null);
    await first.settled();
    await first.press("enter", "enter", "enter", "enter");
    const next = await play(size, services);
    await next.press("enter");
    expect(next.model.screen).toBe("story");
    expect(next.text()).toContain("1 story ✓");
  });
});

const summaries = await lessonSummaries("en");
describe("a lesson by the arrows and Enter alone", () => {
  it.each([1, 5, 12, 18])(
    "lesson %i, every stage in its order, and the rail keeps what was done",
    { timeout: 240_000 },
    async (number) => {
      const services = await withRecordedComparisons();
      const screen = await play(size, { ...services, lessons: () => summaries, lesson: (id) => lessonContent(id, "en") });
      const pressed = new Set<string>();
      const press = async (...keys: ("enter" | "up" | "down" | "left" | "right")[]) => {
        for (const key of keys) pressed.add(key);
        await screen.press(...keys);
      };
      await press(...Array.from({ length: number - 1 }, () => "down" as const), "enter");
      const seen: string[] = [];
      for (let keys = 0; keys < 120 && screen.model.screen !== "exercise"; keys++) {
        if (seen.at(-1) !== screen.model.screen) seen.push(screen.model.screen);
        if (screen.model.screen === "decide") {
          const state = screenState(screen.model, decide);
          const options = state.view ? decideOptions(state.view) : [];
          const wanted = options.findIndex(({ choice }) => choice !== null && choice === hintFor(state));
          const able = wanted >= 0 ? wanted : options.findIndex(({ choice }) => choice !== null);
          const by = state.view?.over ? 0 : able - state.marked;
          await press(...Array.from({ length: Math.abs(by) }, () => (by > 0 ? ("down" as const) : ("up" as const))));
        }
        await press("enter");
      }
      expect(seen).toEqual([
        number === 1 ? "opening" : "story",
        "predict",
        "interleaving",
        "decide",
        "schedules",
        "threads",
        "compare",
      ]);
      expect([...pressed].every((key) => /^(enter|up|down|left|right)$/.test(key))).toBe(true);
      for (const stage of ["story", "predict", "watch", "you decide", "every order", "threads", "compare"])
        expect(screen.text()).toContain(`${stage} ✓`);
    },
  );
});
