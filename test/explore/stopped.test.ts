/** A search that was called off never answers the question that comes after it. Through the client that the screens use. */
import { afterAll, expect, test } from "vitest";
import { explorerInThread } from "../../src/explore/client.js";
import type { SearchWatch } from "../../src/explore/explore.js";
import { SharedSearches } from "../../src/explore/shared-searches.js";

const explorer = explorerInThread("en");
afterAll(() => explorer.end());

// Long enough to be called off on the way.
const settings = [
  { lesson: "coupon-rush", strategy: "none", size: { tasks: 6 } },
  { lesson: "lost-update", strategy: "none", size: { tasks: 12 } },
];

test("called off and asked again at once: the whole answer, each time", async () => {
  for (const again of settings) {
    const stop = new AbortController();
    let begun: () => void = () => {};
    const isUnderWay = new Promise<void>((resolve) => {
      begun = resolve;
    });
    const first = explorer.explore(again, () => begun(), stop.signal);
    first.catch(() => {});
    await Promise.race([isUnderWay, first]);
    stop.abort();
    const second = explorer.explore(again, () => {}, new AbortController().signal);
    await expect(first).rejects.toThrow("stopped");
    expect(await second).toMatchObject({ limits: [], schedules: expect.any(BigInt) });
  }
});

test("a search goes on as long as somebody waits for it, and tells all of them how far it is", async () => {
  const searches = new SharedSearches<string>(2);
  const begun: SearchWatch[] = [];
  let end: (answer: string) => void = () => {};
  const begin = (watching: SearchWatch) => {
    begun.push(watching);
    return new Promise<string>((resolve) => {
      end = resolve;
    });
  };
  const seen: string[] = [];
  const asker = (name: string) => {
    const stop = new AbortController();
    return { stop, watch: { signal: stop.signal, onProgress: () => void seen.push(name) } };
  };
  const [one, two, three] = [asker("one"), asker("two"), asker("three")];
  const first = searches.ask("a", one.watch, begin);
  const second = searches.ask("a", two.watch, begin);
  begun[0]!.onProgress!({ share: 0, states: 0, statesPerSecond: null });
  one.stop.abort();
  expect(begun[0]!.signal!.aborted).toBe(false);
  begun[0]!.onProgress!({ share: 0, states: 0, statesPerSecond: null });
  expect(seen).toEqual(["one", "two", "two"]);
  end("whole");
  await expect(first).rejects.toThrow();
  expect(await second).toBe("whole");
  // Kept for the next; but a search that all have left is not, although it has not noticed yet.
  expect(await searches.ask("a", three.watch, begin)).toBe("whole");
  const left = searches.ask("b", three.watch, begin);
  three.stop.abort();
  expect(begun[1]!.signal!.aborted).toBe(true);
  const [endOfLeft, next] = [end, searches.ask("b", two.watch, begin)];
  endOfLeft("half");
  end("whole again");
  await expect(left).rejects.toThrow();
  expect(await next).toBe("whole again");
  expect(begun).toHaveLength(3);
});
