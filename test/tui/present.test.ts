/** A lesson for a room: what comes is neither drawn nor told, nothing moves, and the two terminals follow each other. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Folder } from "../../src/saved/folder.js";
import { Presenting } from "../../src/saved/presenting.js";
import { screenState } from "../../src/tui/screens/index.js";
import { present } from "../../src/tui/screens/present/screen.js";
import { beatAt } from "../../src/tui/screens/present/state.js";
import { untilNow } from "../../src/tui/screens/present/view.js";
import type { Place } from "../../src/tui/services.js";
import { inProcess, tellingTime } from "./in-process.js";
import { play } from "./play.js";

const size = { columns: 100, rows: 30 };
const summaryOf = async (screen: Awaited<ReturnType<typeof play>>) => screen.model.lessons[0]!;

async function presenting(notes = false, given = inProcess(tellingTime())) {
  const screen = await play(size, given);
  screen.begin(await summaryOf(screen), "present", { notes });
  await screen.settled();
  const state = () => screenState(screen.model, present);
  const beat = () => beatAt(state())!;
  return {
    ...screen,
    get model() {
      return screen.model;
    },
    state,
    beat,
  };
}

describe("a presentation", () => {
  it("shows no key and no prompt, and nothing at all while it is blank", async () => {
    const screen = await presenting();
    expect(screen.text()).not.toMatch(/Esc|Enter|\? all keys/);
    await screen.press("b");
    expect(screen.text().trim()).toBe("");
    await screen.press(".");
    expect(screen.text()).toContain("Lost update");
  });

  it("asks before it answers, and draws and tells no step before it happens", async () => {
    const screen = await presenting();
    const pictures: number[] = [];
    for (let last = -1; last !== screen.state().place.beat; ) {
      last = screen.state().place.beat;
      const beat = screen.beat();
      const text = screen.text();
      if (beat.kind === "question") expect(/[✓✗]/.test(text)).toBe(beat.answered);
      if (beat.kind === "strategies")
        expect(text.match(/\?$/gm) ?? []).toHaveLength(screen.model.lesson!.content.strategies.length - beat.shown);
      if (beat.kind === "steps") {
        const named = [...text.matchAll(/step (\d+)/g)].map(([, n]) => Number(n));
        expect(Math.max(0, ...named)).toBeLessThanOrEqual(beat.shown);
        expect(text).toContain(`[${beat.shown}]`);
        expect(text).not.toMatch(new RegExp(`\\b${beat.shown + 1}\\]`));
        pictures.push(text.split("\n").findIndex((line) => line.startsWith("step ")));
      }
      await screen.press("pagedown");
    }
    expect(pictures.length).toBeGreaterThan(3);
    expect(new Set(pictures).size).toBe(1);
    expect(screen.beat().kind).toBe("end");
    await screen.press("home");
    expect(screen.beat().kind).toBe("title");
  });

  it("leads to a stage of the lesson by its digit, and Esc leads back to the beat", async () => {
    const screen = await presenting();
    await screen.press("right", "right", "3");
    expect(screen.model.screen).toBe("interleaving");
    await screen.press("esc");
    expect([screen.model.screen, screen.state().place.beat]).toEqual(["present", 2]);
  });

  it("says to the speaker what the room does not see: the answer before it is asked for, and what comes next", async () => {
    const screen = await presenting(true);
    while (screen.beat().kind !== "question") await screen.press("right");
    expect(screen.text()).toContain("Let the room answer first. The right answer: stock 97 · stock 98 · stock 99");
    expect(screen.text()).toMatch(/── Next ─+\n the answer/);
  });
});

it("a sentence that names a later step is left out, in both languages", () => {
  expect(untilNow("w1 reads 0. Its copy goes stale at step 3, when w2 writes.", 1)).toBe("w1 reads 0.");
  expect(untilNow("w1 writes 1. It worked from the copy it read at step 2.", 3)).toBe(
    "w1 writes 1. It worked from the copy it read at step 2.",
  );
  expect(untilNow("w1이 0을 읽습니다. 이 복사본은 3단계에서 낡습니다.", 1)).toBe("w1이 0을 읽습니다.");
});

it("two terminals follow each other, in one lesson, and nobody follows itself", async () => {
  const folder = mkdtempSync(join(tmpdir(), "racelab-presenting-"));
  const [room, speaker] = [1, 2].map((by) => new Presenting(new Folder(folder), by)) as [Presenting, Presenting];
  room.tell("lost-update", { beat: 4, blank: false });
  const stop = new AbortController();
  const seen: Record<string, Place[]> = { room: [], speaker: [] };
  const heard = Promise.all([
    room.follow("lost-update", (place) => seen["room"]!.push(place), stop.signal),
    speaker.follow("lost-update", (place) => seen["speaker"]!.push(place), stop.signal),
  ]);
  const until = async (done: () => boolean) => {
    while (!done()) await new Promise((wake) => setTimeout(wake, 10));
  };
  await until(() => seen["speaker"]!.length === 1);
  speaker.tell("lost-update", { beat: 5, blank: true });
  await until(() => seen["room"]!.length === 1);
  speaker.tell("deadlock", { beat: 9, blank: false });
  speaker.tell("lost-update", { beat: 6, blank: false });
  await until(() => seen["room"]!.length === 2);
  stop.abort();
  await heard;
  expect(seen).toEqual({
    room: [
      { beat: 5, blank: true },
      { beat: 6, blank: false },
    ],
    speaker: [{ beat: 4, blank: false }],
  });
});
