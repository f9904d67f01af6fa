import { describe, expect, it } from "vitest";
import { anomalies } from "../../src/checkers/anomalies.js";
import { notes } from "../../src/checkers/notes.js";
import { why } from "../../src/checkers/why.js";
import type { History } from "../../src/core/history.js";
import type { Language } from "../../src/core/language.js";
import { event, history } from "./notation.js";

const lost = history({ count: 0 }, "1 r count 0 | 2 r count 0 | 2 w count 1 | 2 r count 1 | 2 w count 2 | 1 w count 1");
const cas = history(
  { c: 0 },
  "1 rv c 0 0 | 2 rv c 0 0 | 3 rv c 0 0 | 2 cas c 0 1 | 1 cas c 0 ?1 | 3 cas c 0 ?1 | 1 rv c 1 1 | 1 cas c 1 2 | 3 rv c 2 2 | 3 cas c 2 3",
);
const locked = history({ x: 0 }, "1 lock a | 1 r x 0 | 1 w x 1 | 1 unlock a | 2 wait lock a | 2 r x 1 | 2 w x 2 | 2 unlock a");
const aborted = history(
  { x: 0 },
  "1 begin rr | 1 r x 0 | 2 begin | 2 rfu x 0 | 2 w x 1 | 2 commit | 1 wait err 40001 w x 1 | 1 rollback | 1 begin rr | 1 r x 1 | 1 w x 2 | 1 commit",
);

const skew = history({ a: "on", b: "on" }, "1 r b on | 2 r a on | 1 w a off | 2 w b off");
/** Every kind of operation. */
const every = history({ x: 0, "t/1": "n=1" }, [
  "1 begin | 1 del x | 1 ins x 1 | 1 ins x ?1 | 1 commit | 1 begin | 1 rollback | 1 call pay 8 | 1 lock a | 1 unlock a | 1 r y -",
  event(1, { kind: "update-where", key: "x", set: { value: ["+", "value", 1] } }, 1),
  event(1, { kind: "update-where", key: "x", where: false, set: { value: 0 } }, 0),
  event(1, { kind: "select", table: "t" }, []),
  event(1, { kind: "insert-row", table: "t", row: { n: 2 } }, 1),
  event(1, { kind: "update-rows", table: "t", set: { n: 3 } }, 2),
  event(1, { kind: "delete-rows", table: "t" }, 2),
  event(1, { kind: "savepoint", name: "s" }, null),
  event(1, { kind: "rollback-to", name: "s" }, null),
  event(1, { kind: "release-savepoint", name: "s" }, null),
  event(1, { kind: "advisory-lock", lock: 1 }, true),
  event(1, { kind: "advisory-unlock", lock: 1 }, true),
  event(1, { kind: "lock-timeout", ms: 5 }, null),
  event(1, { kind: "sleep", ms: 5 }, null),
  event(1, { kind: "choose", question: "does it work?", options: ["yes"] }, "yes"),
  event(1, { kind: "publish", topic: "sold", message: 1 }, null),
  "1 err 23505 ins x 1 | 1 err 08006 call pay 8",
]);

describe("the notes", () => {
  it("mark the stale copy, what is lost with it, and who made it stale", () => {
    expect(notes(lost)).toEqual([
      { goesStale: { at: 3, by: 2 } },
      {},
      { makesStale: [1] },
      {},
      {},
      {
        stale: { read: 1, since: 3, by: 2 },
        overwrites: [
          { n: 3, task: 2 },
          { n: 5, task: 2 },
        ],
      },
    ]);
  });
  it("mark conflicts and the retries that follow them", () => {
    const all = notes(cas);
    expect(all.flatMap(({ conflict }, index) => (conflict ? [index + 1] : []))).toEqual([5, 6]);
    expect(all.flatMap(({ retry }, index) => (retry ? [[index + 1, retry]] : []))).toEqual([
      [7, 1],
      [9, 1],
    ]);
    expect(all[3]).toEqual({ makesStale: [1, 3] });
    expect(all[4]!.stale).toEqual({ read: 1, since: 4, by: 2 });
    expect(all[7]).toEqual({});
  });
  it("count one retry for one conflict", () => {
    const again = notes(history({ c: 0 }, "1 rv c 0 0 | 2 w c 1 | 1 cas c 0 ?1 | 1 rv c 1 1 | 1 rv c 1 1"));
    expect(again.map(({ retry }) => retry)).toEqual([undefined, undefined, undefined, 1, undefined]);
  });
  it("call no copy stale through its own commit, nor through a write that changed nothing", () => {
    expect(notes(history({ x: 0 }, "1 begin | 1 w x 1 | 1 r x 1 | 1 commit | 1 r x 1"))).toEqual([{}, {}, {}, {}, {}]);
    expect(notes(history({ x: 0 }, "1 r x 0 | 2 w x 0 | 1 w x 1"))[2]!.stale).toBeUndefined();
  });
  it("blame a wait on whoever let go of that very lock", () => {
    const two = history({}, "1 lock a | 3 lock b | 1 unlock a | 3 unlock b | 2 lock a");
    const events = two.events.map((event) => (event.n === 5 ? { ...event, asked: 2, waited: true } : event));
    expect(notes({ ...two, events })[4]).toEqual({ waitedFor: { since: 2, task: 1, n: 3 } });
  });
  it("say who was waited for, and call nothing stale under a lock", () => {
    expect(notes(locked)).toEqual([{}, {}, {}, {}, { waitedFor: { since: 3, task: 1, n: 4 } }, {}, {}, {}]);
    expect(notes(aborted)[6]).toMatchObject({
      conflict: true,
      stale: { read: 2, since: 6, by: 2 },
      waitedFor: { task: 2, n: 6 },
    });
    expect(notes(aborted)[9]).toEqual({ retry: 1 });
  });
});

describe("why", () => {
  it("tells a lost update at the write that makes it", () => {
    expect(why(lost, 0)).toBe("Request 1 reads count 0. Its copy goes stale at step 3, when request 2 writes.");
    expect(why(lost, 5, { who: "worker" })).toBe(
      "Worker 1 writes count 1. It computed that from the copy it read at step 1, when it was count 0. That went stale at step 3, when worker 2 wrote. " +
        "The row goes from 2 to 1: 2 writes of worker 2 are gone, and nobody can tell. Worker 1 is done: ok.",
    );
  });
  it("tells a conflict as what it is: a price, not a loss", () => {
    expect(why(cas, 3)).toBe(
      "The version is still 0, as request 2 read it at step 2: request 2 writes c 1, and comparing and writing was one step. " +
        "From now on requests 1 and 3 hold stale copies. Request 2 is done: ok.",
    );
    expect(why(cas, 4)).toBe(
      "The store compares versions: request 1 read version 0 at step 1, and request 2 has changed the row since, at step 4. " +
        "So nothing is written, request 1 is told, and nobody's write is lost. " +
        "It looks again at step 7 and does its work a second time: that is the price of not waiting.",
    );
    expect(why(cas, 6)).toBe("Request 1 reads again (retry 1) c 1 at version 1, as request 2 wrote it at step 4.");
  });
  it("tells a wait with who was waited for", () => {
    expect(why(locked, 4)).toBe(
      "Request 2 asked after step 3 and had to wait for request 1, who let go at step 4. Request 2 takes the lock a. Other tasks that ask for it wait.",
    );
    expect(why(locked, 6)).toBe(
      "Request 2 writes x 2. It worked from the copy it read at step 6, which is still true: nothing is lost.",
    );
  });
  it("tells what a transaction hides, and when it shows", () => {
    expect(why(aborted, 4)).toContain("Nobody else sees it before the commit.");
    expect(why(aborted, 5)).toContain(
      "x 1 (written at step 5) is there for everybody from now on. From now on request 1 holds a stale copy.",
    );
    expect(why(aborted, 6)).toContain("the store says no (40001)");
  });
  it("tells any other anomaly at the event that completes it", () => {
    expect(why(skew, 2)).not.toContain("skew");
    expect(why(skew, 3)).toContain("A write skew: Request 1 read b on at step 1 and wrote a off at step 3.");
  });
  it("has a sentence for every kind of operation", () => {
    for (const index of every.events.keys()) {
      const sentence = why(every, index);
      expect(sentence).toMatch(/^[A-Z].*\.$/s);
      expect(sentence).not.toMatch(/undefined|NaN|\[object|null/);
    }
  });
});

describe("why, in Korean", () => {
  const more = history({ x: 0, y: 0, "t/1": "n=1" }, [
    "1 begin | 1 w x 5 | 2 r x 5 | 1 commit | 2 rv x 5 3 | 3 r z - | 3 rfu x 5 | 2 del q | 2 cas y 0 ?1 | 1 w y 2 | 3 w y 0",
    event(3, { kind: "delete", key: "q" }, 0),
    event(3, { kind: "select", table: "t" }, [{ n: 1 }]),
    event(3, { kind: "select", table: "t" }, [{ n: 1 }, { n: 2 }]),
    event(3, { kind: "update-rows", table: "t", set: { n: 3 } }, 1),
    event(3, { kind: "acquire", lock: "a", scope: "shared" }, false),
    event(3, { kind: "release", lock: "a", scope: "shared" }, false),
    event(3, { kind: "advisory-lock", lock: 1 }, false),
    event(2, { kind: "rollback" }, null),
    "2 begin | 2 w y 7 | 2 rollback | 2 begin | 2 err 40P01 w y 8 | 2 err 25P02 r y 1",
    event(2, { kind: "commit" }, "rollback"),
  ]);
  const aba = history({ x: 0 }, "1 r x 0 | 2 w x 1 | 3 r x 1 | 3 w x 0 | 1 w x 2");
  const refused = history({ x: 0 }, "1 r x 0 | 2 w x 1", [
    { status: "rejected", detail: "sold out" },
    { status: "failed", detail: "sold out" },
  ]);
  const servers = { ...locked, servers: [1, 2] };
  const scoped = history({}, [event(1, { kind: "acquire", lock: "a", scope: "server" }, true)]);
  const all = [lost, cas, locked, aborted, skew, every, more, aba, refused, servers, { ...scoped, servers: [1] }];
  const numbers = (text: string) => [...new Set(text.match(/\d+/g))].sort();
  /** Without what the checkers of anomalies say. */
  const told = (history: History, index: number, language: Language): string => {
    const found = anomalies(history, { manner: { language } });
    return found.reduce((text, { explanation }) => text.replace(explanation, "").trim(), why(history, index, { language }));
  };
  /** Rows, tables, locks, services, savepoints and values of the histories above; names that are written as in SQL. */
  const names =
    /\b(sold out|does it work\? yes|read committed|repeatable read|serializable|\d+ms|count|on|off|pay|sold|value|null|ok|40P01|25P02|ABA)\b/g;

  it("tells a lost update at the write that makes it", () => {
    expect(why(lost, 0, { language: "ko" })).toBe(
      "요청 1이 count 0을 읽습니다. 이 사본은 3단계에서 요청 2가 쓰면서 낡은 값이 됩니다.",
    );
    expect(why(lost, 5, { language: "ko", who: "task" })).toBe(
      "작업 1이 count 1을 씁니다. 1단계에서 읽은 사본을 바탕으로 정한 값이고, 그때는 count 0이었습니다. " +
        "그 사본은 3단계에서 작업 2가 쓰면서 낡은 값이 되었습니다. 행이 2에서 1이 됩니다. 작업 2의 쓰기 2개가 사라지고, 아무도 알아채지 못합니다. 작업 1이 끝났습니다: 성공.",
    );
  });
  it("knows events by the steps that they are known by", () => {
    const stepOf = (n: number) => n + 10;
    expect(why(locked, 4, { language: "ko", who: "w", stepOf })).toBe(
      "w2가 13단계 뒤에 시도했지만 w1이 14단계에서 락을 풀 때까지 기다려야 했습니다. w2가 락 a를 잡습니다. 이 락을 잡으려는 다른 작업은 기다립니다.",
    );
    expect(why(locked, 4, { who: "w", stepOf })).toContain(
      "w2 asked after step 13 and had to wait for w1, who let go at step 14.",
    );
  });

  it.each(all.map((each, at) => [at, each] as const))("says what it says in English: history %i", (_, each) => {
    for (const index of each.events.keys()) {
      const [english, korean] = [told(each, index, "en"), told(each, index, "ko")];
      expect(korean).toMatch(/^[가-힣].*[.:]$/s);
      expect(numbers(korean), korean).toEqual(numbers(english));
      expect(korean.replace(names, ""), korean).not.toMatch(/[A-Za-z]{2,}/);
      expect(korean).not.toMatch(/undefined|NaN|\[object/);
    }
  });
});
