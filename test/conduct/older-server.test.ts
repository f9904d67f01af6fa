/** Servers that lack a correction which the model has: the difference is allowed by its name, and only there. */
import { afterAll, describe, expect, it } from "vitest";
import { compareSubject, type Subject } from "../../src/conduct/fidelity.js";
import type { Operation } from "../../src/core/operation.js";
import { model } from "../../src/model/model.js";
import { prepare, tracesOf } from "../../src/simulator/index.js";
import { openStore } from "../../src/stores/open.js";
import { localServer, whyNot } from "../stores/local-servers.js";
import { subjectOf } from "./random.js";

const begin: Operation = { kind: "begin", isolation: "serializable" };
const commit: Operation = { kind: "commit" };
/** Task 1 finds b/1 in its way; task 2, which has not seen what task 1 adds to a, deletes b/1 meanwhile. */
const looks = (onConflict: "nothing" | { key: readonly string[]; set: object }): readonly (readonly Operation[])[] => [
  [
    begin,
    { kind: "insert-row", table: "b", row: { id: 1, n: 7 }, onConflict } as Operation,
    { kind: "insert-row", table: "a", row: { id: 9, code: "q", n: 7 } },
    commit,
  ],
  [
    begin,
    { kind: "select", table: "a", aggregate: ["count", "*"] },
    { kind: "delete-rows", table: "b", where: ["=", "id", 1] },
    commit,
  ],
];
const subject: Subject = { ...subjectOf({ tasks: looks("nothing"), picks: [] }), orders: [[1, 1, 2, 2, 2, 2, 1, 1]] };

describe("ON CONFLICT at serializable has read the row in its way", () => {
  it("on a server of today, and not on one that lacks the correction", async () => {
    const lastOf = async (lacks: Parameters<typeof model>[2]) => {
      const { options } = subject;
      const space = await prepare({ ...options, model: (rows) => model(rows, options.tables, lacks) });
      return (await tracesOf(space, subject.orders![0]!)).map(({ steps }) => steps.at(-1)?.reply);
    };
    expect(await lastOf([])).toEqual([{ value: "rollback" }]);
    expect(await lastOf(["on-conflict-reads"])).toEqual([{ value: "commit" }]);
  });

  /** The versions that are known to lack it, and those known to have it. */
  const known: { readonly [server: string]: boolean } = { "PostgreSQL 15.20": false, "PostgreSQL 18.4": true };

  for (const url of [localServer, "postgres:embedded"])
    describe(url, async () => {
      const reason = await whyNot(url);
      const store = reason === null ? await openStore(url, { conducted: true }) : undefined;
      afterAll(() => store?.close());
      const compared = (one: Subject) => compareSubject(one, [store!], { most: 1, seed: 1 }, new AbortController().signal);

      it.skipIf(!store)("says its version", () => expect(store!.server).toMatch(/^PostgreSQL \d+\.\d+$/));

      it.skipIf(!store)("differs by that name only where the server lacks it", async () => {
        const found = await compared(subject);
        expect(found).toMatchObject({ conducted: 1, differences: [] });
        const lacks = known[store!.server!] ?? found!.allowed["on-conflict-reads"] !== undefined;
        expect(found!.allowed).toEqual(lacks ? { "on-conflict-reads": 1 } : {});
      });

      it.skipIf(!store)("is no excuse for another difference on such a server", async () => {
        const wrong = { ...subject.options, model: () => model({ "b/1": { n: 3 } }, subject.options.tables) };
        const found = await compared({ ...subject, options: wrong, orders: [[1, 2, 2, 2, 2, 1, 1, 1]] });
        expect(found).toMatchObject({ conducted: 1, allowed: {}, differences: [{ order: "12222111" }] });
      });
    });
});
