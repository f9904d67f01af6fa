import { describe, expect, it } from "vitest";
import lesson from "../../lessons/08-umbrella/lesson.js";
import type { Comparison } from "../../src/core/comparison.js";
import type { Language } from "../../src/core/language.js";
import { rowWidth } from "../../src/report/span.js";
import { rowsText, rowText } from "../../src/report/text.js";
import type { ScreenCompareRequest } from "../../src/report/views.js";
import { frame } from "../../src/tui/parts/frame.js";
import { compareScreen } from "../../src/tui/screens/compare/screen.js";
import { screenState } from "../../src/tui/screens/index.js";
import type { Services } from "../../src/tui/services.js";
import type { Model, ScreenSize } from "../../src/tui/state.js";
import { play } from "./play.js";
import { comparison, underWay, withRecordedComparisons } from "./recorded-comparisons.js";

const sizes: readonly ScreenSize[] = [
  { columns: 60, rows: 18 },
  { columns: 80, rows: 24 },
  { columns: 100, rows: 30 },
  { columns: 160, rows: 48 },
];

/** The umbrella lesson with its recorded comparison, and the requests that the screen made. */
async function umbrella(language: Language): Promise<{ services: Services; asked: ScreenCompareRequest[] }> {
  const recorded = await withRecordedComparisons();
  const asked: ScreenCompareRequest[] = [];
  const services: Services = {
    ...recorded,
    language,
    lessons: () => [{ number: 8, id: "umbrella", title: "The umbrella", summary: "Lock first, or try?" }],
    async lesson(id) {
      const content = await recorded.lesson(id);
      const measured = comparison.strategies.map(({ strategy }) => strategy);
      return { ...content, size: lesson.size, strategies: content.strategies.filter(({ id }) => measured.includes(id)) };
    },
    compare(request, ...more) {
      asked.push(request);
      return recorded.compare(request, ...more);
    },
  };
  return { services, asked };
}

const at = async (size: ScreenSize, ...keys: string[]) => seen("en", size, ...keys);
const seen = async (language: Language, size: ScreenSize, ...keys: string[]) => {
  const { services, asked } = await umbrella(language);
  const screen = await play(size, services);
  await screen.press("enter", "7", "enter", ...keys);
  return { screen, asked };
};

/** The model while the threads run. */
function running(model: Model): Model {
  const state = screenState(model, compareScreen);
  const states = { ...model.states, compare: { ...state, latest: { ...state.latest, progress: underWay } } };
  return { ...model, states, underWay: [{ screen: "compare", name: "compare" }] };
}

it("a store's password is on no screen", async () => {
  const store = "postgres://pw:hunter2@db.example/shop";
  for (const keys of [[], ["6"]]) {
    const { screen } = await at(sizes[3]!, ...keys);
    const state = screenState(screen.model, compareScreen);
    const states = { ...screen.model.states, compare: { ...state, request: { ...state.request, store } } };
    const text = rowsText(frame({ ...screen.model, states, store } as Model), "unicode");
    expect(text).toContain("postgres://db.example/shop");
    expect(text).not.toContain("hunter2");
  }
});

describe("the comparison, as a person sees it", () => {
  for (const size of sizes) {
    const name = `${size.columns}x${size.rows}`;
    it(`while it runs at ${name}`, async () => {
      const { screen } = await at(size);
      await expect(`${rowsText(frame(running(screen.model)), "unicode")}\n`).toMatchFileSnapshot(`frames/compare-${name}.txt`);
    });
    it(`swept at ${name}`, async () => {
      const keys = size.columns < 150 ? ["v", "tab"] : ["v"];
      const { screen } = await at(size, ...keys);
      await expect(`${screen.text()}\n`).toMatchFileSnapshot(`frames/compare-swept-${name}.txt`);
    });
  }

  for (const size of sizes)
    it(`in Korean at ${size.columns}x${size.rows} is the same table under Korean heads`, async () => {
      const [english, korean] = [await seen("en", size), await seen("ko", size)].map(({ screen }) => {
        const [, ...rows] = rowsText(frame(running(screen.model)), "unicode").split("\n");
        const end = rows.findIndex((row) => /Who is faster|누가 더 빠른가/.test(row));
        return rows.slice(0, end < 0 ? undefined : end);
      });
      const figures = (rows: readonly string[] = []) => rows.filter((row) => /^ [ ▸] +\d+ \S/.test(row));
      // The verdict is in words.
      const numbers = (rows: readonly string[]) => rows.map((row) => row.trimEnd().split(/ +/).slice(-2));
      expect(numbers(figures(korean))).toEqual(numbers(figures(english)));
      expect(figures(korean).length).toBeGreaterThanOrEqual(comparison.strategies.length);
      const heads = (korean ?? []).filter((row) => /^(──| {15})/.test(row));
      expect(heads.length).toBeGreaterThan(1);
      for (const head of heads) expect(head.replaceAll(/p50|p99/g, "")).not.toMatch(/[A-Za-z]/);
    });

  it.each(["en", "ko"] as const)("is as wide as the terminal and one row less high, at any size, in %s", async (language) => {
    const { screen } = await seen(language, { columns: 100, rows: 30 }, "v");
    for (const pane of ["figures", "time", "workers", "keys"] as const)
      for (const columns of [60, 61, 79, 80, 99, 100, 149, 150, 238])
        for (const rows of [18, 19, 23, 24, 30, 43, 44, 48, 70]) {
          const state = { ...screenState(screen.model, compareScreen), pane };
          const model = { ...running(screen.model), size: { columns, rows }, states: { ...screen.model.states, compare: state } };
          const drawn = frame(model);
          expect(drawn).toHaveLength(rows - 1);
          for (const row of drawn) expect(rowWidth(row), `${columns} x ${rows} ${rowText(row)}`).toBe(columns);
        }
  });
});

describe("a comparison", () => {
  it("says first, and of every round again, what each strategy did: wrong, turned away, right", async () => {
    const { screen } = await at({ columns: 100, rows: 30 });
    const [, , title, ...said] = screen.text().split("\n");
    expect(title).toContain("What was seen");
    expect(said.slice(0, 2).join("").replaceAll(/\s+/g, " ")).toMatch(
      /✗ none: 980 too many\. ! cas: turned 956 of 1,000 away\. ✓ right, the fastest first: atomic-update, mutex, row-lock\./,
    );
    expect(screen.text()).toMatch(/4 cas +! turned 956 of 1,000 away/);
    expect(screen.text()).toMatch(/2 mutex +✓ right/);
  });

  it("is three short rounds, and ten full ones when asked; of three no one is called faster", async () => {
    const { screen, asked } = await at({ columns: 100, rows: 30 });
    expect(asked[0]).toMatchObject({ rounds: 3, requests: 50 });
    screen.send({ kind: "told", screen: "compare", message: { kind: "compared", comparison: { ...comparison, rounds: 3 } } });
    expect(screen.text()).toContain("3 rounds cannot tell speed from luck");
    expect(screen.text()).not.toContain("cannot be told apart here");
    await screen.press("f");
    expect(asked.at(-1)?.rounds).toBe(10);
    expect(asked.at(-1)?.requests).toBeUndefined();
  });

  it("tells how long it will still take", async () => {
    const { screen } = await at({ columns: 100, rows: 30 });
    const model = running(screen.model);
    const state = screenState(model, compareScreen);
    const states = { ...model.states, compare: { ...state, latest: { ...state.latest, elapsedMs: 9000 } } };
    expect(rowsText(frame({ ...model, states }), "unicode")).toMatch(/45% +11 s left/);
  });
});

describe("the keys of the comparison", () => {
  const size = { columns: 100, rows: 30 };

  it("change the circumstances, and each change begins anew", async () => {
    const { screen, asked } = await at(size);
    expect(asked).toHaveLength(1);
    for (const key of ["w", "]", "t", "-"]) {
      await screen.press(key);
      await new Promise((wake) => setTimeout(wake, 350));
      await screen.settled();
    }
    const { inFlight } = comparison;
    expect(asked.at(-1)).toMatchObject({ workers: 6, size: { keys: 2 }, think: 2 });
    expect(asked.at(-1)?.inFlight).toBeLessThan(inFlight);
    expect(asked).toHaveLength(5);
  });

  it("typed fast are one change", async () => {
    const { screen, asked } = await at(size);
    for (const key of ["w", "w", "w"]) screen.send({ kind: "key", key });
    await new Promise((wake) => setTimeout(wake, 400));
    await screen.settled();
    expect(asked.map(({ workers }) => workers)).toEqual([4, 16]);
  });

  it("leave strategies out, but never the last", async () => {
    const { screen, asked } = await at(size);
    await screen.press("c", "down", "c");
    await new Promise((wake) => setTimeout(wake, 350));
    await screen.settled();
    expect(asked.at(-1)?.strategies).toEqual(comparison.strategies.map(({ strategy }) => strategy).slice(2));
    expect(screen.text()).toMatch(/1 none +left out/);
    for (const _ of comparison.strategies.slice(2)) await screen.press("down", "c");
    expect(screen.model.notice?.text).toBe("one strategy at least has to take part");
  });

  it("hold the numbers while measuring goes on", async () => {
    const { screen } = await at(size, "space");
    const slower: Comparison = {
      ...comparison,
      strategies: comparison.strategies.map((each) => ({ ...each, perSecond: { median: 1, min: 1, max: 1 } })),
    };
    const before = screen.text();
    screen.send({ kind: "told", screen: "compare", message: { kind: "compared", comparison: slower } });
    expect(screen.text()).toBe(before);
    await screen.press("space");
    expect(screen.text()).not.toBe(before);
    expect(screen.text()).toMatch(/1 none .* 1 /);
  });

  it("send the figures to the clipboard as plain text, and say no more than that", async () => {
    const { screen } = await at(size, "y");
    expect(screen.done[0]).toMatch(/^copy strategy +served\/s/);
    expect(screen.model.notice?.text).toMatch(/^copied/);
  });
});
