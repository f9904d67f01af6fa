/** A schedule that comes to where the model has no answer, on the screens that show schedules. */
import { describe, expect, it } from "vitest";
import type { TraceView } from "../../src/report/views.js";
import type { Services } from "../../src/tui/services.js";
import { inProcess, tellingTime } from "./in-process.js";
import { play } from "./play.js";

const reason = "two rows are changed by one statement";
/** Every schedule that has begun stops there. */
const stopped = (view: TraceView): TraceView =>
  view.steps.length === 0
    ? view
    : { ...view, choices: [], over: false, standstill: null, label: null, end: null, beyondModel: reason };
const services = (language: "en" | "ko"): Services => {
  const given = inProcess(tellingTime());
  const { explorer } = given;
  return {
    ...given,
    language,
    explorer: {
      ...explorer,
      trace: async (...asked) => stopped(await explorer.trace(...asked)),
    },
  };
};
const inOneLine = (text: string): string => text.replace(/[\s│]+/g, " ");

describe.each([
  ["en", "he model does not know what the server would do (", "the model has no answer", /nobody can go on|right:/i],
  ["ko", "서버가 어떻게 할지 모델이 알지 못합니다(", "모델이 답을 모름", /아무도 나아갈 수|올바름/],
] as const)("in %s", (language, sentence, short, never) => {
  it("is told in You decide, where nothing is left to choose", async () => {
    const screen = await play({ columns: 100, rows: 30 }, services(language));
    await screen.press("enter", "4", "1");
    const text = inOneLine(screen.text());
    expect(text).toContain(short);
    expect(text).toContain(`${sentence}${reason})`);
    expect(text).not.toMatch(never);
  });

  it("is told at the last step of Schedules", async () => {
    const screen = await play({ columns: 100, rows: 30 }, services(language));
    await screen.press("enter", "3", "end");
    const text = inOneLine(screen.text());
    expect(text).toContain(`${sentence}${reason})`);
    expect(text).not.toMatch(never);
  });
});
