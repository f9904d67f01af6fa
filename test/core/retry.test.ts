import { around, backOff, Conflict, cas, idempotency, jitter, type Operation, retry, StoreError, session } from "racelab";
import { describe, expect, it } from "vitest";
import { findLesson, loadLesson } from "../../src/course/catalog.js";
import { explorationOf } from "../../src/explore/explore.js";

const slept: Operation[] = [];
const { sleep } = session((async (operation: Operation) => void slept.push(operation)) as never);
const when = (error: unknown) => error instanceof Conflict;

describe("trying again", () => {
  it("waits twice as long each time, up to the most it may", () => {
    expect([1, 2, 3, 4].map((attempt) => backOff(50, 300)(attempt).ms)).toEqual([50, 100, 200, 300]);
  });

  it("with jitter asks for chance between nothing and the whole pause, and leaves the drawing to whoever performs it", async () => {
    slept.length = 0;
    await retry({ sleep }, { attempts: 3, pause: jitter(backOff(50)), when }, async () => {
      throw new Conflict();
    });
    expect(slept).toEqual([
      { kind: "sleep", ms: 50, least: 0 },
      { kind: "sleep", ms: 100, least: 0 },
    ]);
  });

  it("gives up with a rejection, and lets every other error through at once", async () => {
    let attempts = 0;
    const conflicting = retry({ sleep }, { attempts: 3, when }, async () => {
      attempts++;
      throw new Conflict();
    });
    expect(await conflicting).toEqual({ status: "rejected", detail: "gave up after 3 conflicts" });
    expect(attempts).toBe(3);
    const broken = retry({ sleep }, { attempts: 3, when }, async () => {
      throw new StoreError("02000");
    });
    await expect(broken).rejects.toThrow("no such row");
  });
});

it("idempotency around compare-and-set pays once for a repeated request, in every order", async () => {
  const lesson = await loadLesson(findLesson("double-payment"), "en");
  const both = around(idempotency, cas({ attempts: 3 }));
  expect(both.requires).toEqual(["transactions", "row-locks", "versions"]);
  expect(await explorationOf(lesson, both, {})).toMatchObject({ verdict: "holds" });
  expect(await explorationOf(lesson, cas({ attempts: 3 }), {})).toMatchObject({ verdict: "violated" });
});
