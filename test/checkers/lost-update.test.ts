import { describe, expect, it } from "vitest";
import { anomalies } from "../../src/checkers/anomalies.js";
import { event, history } from "./notation.js";

const names = (line: Parameters<typeof history>[1], before: Parameters<typeof history>[0] = { stock: 100 }) =>
  anomalies(history(before, line)).map(({ anomaly }) => anomaly);

describe("a lost update", () => {
  it("is told with its pair, its three events and its values", () => {
    const [found, ...more] = anomalies(
      history({ "stock/1": "left=93" }, "1 r stock/1 left=93 | 2 r stock/1 left=93 | 2 w stock/1 left=92 | 1 w stock/1 left=92"),
    );
    expect(more).toEqual([]);
    expect(found).toMatchObject({ anomaly: "lost update", tasks: [1, 2], events: [1, 3, 4] });
    expect(found!.explanation).toBe(
      "Request 1 read stock 93 at step 1. Request 2 wrote 92 at step 3, so request 1's copy went stale. " +
        "Request 1 wrote 92 at step 4: request 2's write is gone, and neither was told.",
    );
  });
  it("shows the columns that changed, and only those", () => {
    const [found] = anomalies(
      history(
        { "order/8": "id=8,status=pending" },
        "1 r order/8 id=8,status=pending | 2 r order/8 id=8,status=pending | 2 w order/8 id=8,status=cancelled | 1 w order/8 id=8,status=preparing",
      ),
    );
    expect(found!.explanation).toMatch(/^Request 1 read order status pending at step 1\. Request 2 wrote cancelled at step 3/);
  });
  it("names a row by its id where there are several", () => {
    const [found] = anomalies(
      history({ "stock/1": 5, "stock/2": 5 }, "1 r stock/1 5 | 2 r stock/1 5 | 2 w stock/1 4 | 1 w stock/1 4"),
    );
    expect(found!.explanation).toMatch(/^Request 1 read stock\/1 5 at step 1/);
  });
  it("counts everything that went with it", () => {
    const [found] = anomalies(
      history({ count: 0 }, "1 r count 0 | 2 r count 0 | 2 w count 1 | 2 r count 1 | 2 w count 2 | 1 w count 1"),
    );
    expect(found!.explanation).toMatch(/: 2 writes of request 2 are gone, and neither was told\.$/);
  });
  it("counts every loss once: what another stale write destroyed is not lost again", () => {
    const [, second] = anomalies(history({ x: 9 }, "1 r x 9 | 2 r x 9 | 3 r x 9 | 3 w x 8 | 2 w x 8 | 1 w x 8"));
    expect(second!.explanation).toBe(
      "Request 1 read x 9 at step 1. Request 3 wrote 8 at step 4, so request 1's copy went stale. Request 2 wrote 8 at step 5. " +
        "Request 1 wrote 8 at step 6: request 2's write is gone, and neither was told.",
    );
    expect(second).toMatchObject({ tasks: [1, 3, 2], events: [1, 4, 5, 6] });
  });
  it("puts the clearest first", () => {
    const found = anomalies(
      history({ stock: 9 }, "1 r stock 9 | 2 r stock 9 | 3 r stock 9 | 3 w stock 8 | 2 w stock 8 | 1 w stock 8"),
    );
    expect(found.map(({ events }) => events)).toEqual([
      [2, 4, 5],
      [1, 4, 5, 6],
    ]);
  });
  it("is seen through a transaction, whose write takes effect at its commit", () => {
    const [found] = anomalies(
      history({ stock: 9 }, "1 begin | 1 r stock 9 | 2 r stock 9 | 2 w stock 8 | 1 w stock 8 | 1 commit"),
    );
    expect(found).toMatchObject({ anomaly: "lost update", events: [2, 4, 5] });
    expect(found!.explanation).toContain("Request 1 wrote 8 at step 5 (committed at step 6)");
  });
  it("is seen when a transaction is tried again without reading again", () => {
    expect(
      names(
        "1 begin rr | 1 r stock 100 | 2 r stock 100 | 2 w stock 99 | 1 err 40001 w stock 99 | 1 rollback | 1 begin rr | 1 w stock 99 | 1 commit",
      ),
    ).toEqual(["lost update"]);
  });
  it("is seen when what was rolled back is written once more", () => {
    expect(
      names(
        "1 begin | 1 r stock 100 | 1 w stock 99 | 1 rollback | 2 r stock 100 | 2 w stock 99 | 1 begin | 1 w stock 99 | 1 commit",
      ),
    ).toEqual(["lost update"]);
  });
  it("is not there when only the task itself has written in between", () => {
    const take = event(1, { kind: "update-where", key: "stock", set: { value: ["-", "value", 1] } }, 1);
    expect(names(["1 r stock 100", take, "1 w stock 98"])).toEqual([]);
  });
  it("is seen when one of them deletes, or sets a constant", () => {
    expect(names("1 r stock 100 | 2 r stock 100 | 2 w stock 99 | 1 del stock")).toEqual(["lost update"]);
    const set = event(1, { kind: "update-where", key: "stock", set: { value: 99 } }, 1);
    expect(names(["1 r stock 100 | 2 r stock 100 | 2 w stock 99", set])).toEqual(["lost update"]);
  });

  it("is not there when everybody reads what the last one wrote", () => {
    expect(names("1 r stock 100 | 1 w stock 99 | 2 r stock 99 | 2 w stock 98 | 1 r stock 98 | 1 w stock 97")).toEqual([]);
  });
  it("is not there when the write was refused, rolled back or never committed", () => {
    expect(
      names("1 rv stock 100 0 | 2 rv stock 100 0 | 2 cas stock 0 99 | 1 cas stock 0 ?99 | 1 rv stock 99 1 | 1 cas stock 1 98"),
    ).toEqual([]);
    expect(names("1 begin | 1 r stock 100 | 2 r stock 100 | 2 w stock 99 | 1 w stock 99 | 1 rollback")).toEqual([]);
    expect(names("1 begin | 1 r stock 100 | 2 r stock 100 | 2 w stock 99 | 1 w stock 99")).toEqual([]);
  });
  it("is not there when the store computes the new value itself", () => {
    const take = event(
      1,
      { kind: "update-where", key: "stock", where: [">=", "value", 1], set: { value: ["-", "value", 1] } },
      1,
    );
    expect(names(["1 r stock 100 | 2 r stock 100 | 2 w stock 99", take])).toEqual([]);
  });
  it("is not there when the writer never saw the row", () => {
    expect(names("2 r stock 100 | 2 w stock 99 | 1 w stock 50")).toEqual([]);
  });
});
