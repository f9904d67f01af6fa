import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { conduct } from "../../src/conduct/conduct.js";
import { type Compared, fidelity, lessonSubjects, recordedSubjects, type Subject } from "../../src/conduct/fidelity.js";
import { model } from "../../src/model/model.js";
import { openStore } from "../../src/stores/open.js";
import { localServer, whyNot } from "../stores/local-servers.js";

/** The usual server, or one of racelab's own. */
const reasons = [await whyNot(localServer), await whyNot("postgres:embedded")];
const store = reasons[0] === null ? localServer : "postgres:embedded";
const skipped = reasons.every((reason) => reason !== null) ? ` (${reasons.join("; ")})` : "";
const kept = skipped ? undefined : await openStore(store);
afterAll(() => kept?.close());

async function compare(subjects: readonly Subject[], most = 6): Promise<readonly Compared[]> {
  const results: Compared[] = [];
  for await (const one of fidelity({ store, subjects, most, lanes: 2, seed: 1 }, new AbortController().signal)) results.push(one);
  return results;
}
const conducted = (results: readonly Compared[]) => results.reduce((sum, one) => sum + one.conducted, 0);
const different = (results: readonly Compared[]) => results.filter(({ differences }) => differences.length > 0);

describe.skipIf(skipped !== "")(`the model beside a PostgreSQL${skipped}`, () => {
  it("says the same of a lesson under every strategy that it is about", async () => {
    const results = await compare(await lessonSubjects(["lost-update", "lease-and-fencing"]));
    expect(different(results)).toEqual([]);
    expect(conducted(results)).toBeGreaterThan(40);
  });

  it("says the same of what was recorded on another server", async () => {
    const cases = recordedSubjects([join(import.meta.dirname, "../model/recorded/cases-a.json")]);
    const some = cases.filter((_, i) => i % 8 === 0);
    const results = await compare(some);
    expect(different(results)).toEqual([]);
    expect(conducted(results)).toBe(some.length);
  });

  it("is found out when it is wrong: in a value, in who waits, in the rows at the end", async () => {
    const [subject] = (await lessonSubjects(["lost-update"])).filter(({ name }) => name === "lost-update row-lock");
    const wrong = (options: Partial<Subject["options"]>): Subject => ({
      ...subject!,
      options: { ...subject!.options, ...options },
    });
    const otherRows = wrong({ model: (rows) => model(Object.fromEntries(Object.keys(rows).map((key) => [key, { left: 7 }]))) });
    const noLocks = wrong({
      model(rows) {
        const right = model(rows);
        const apply: typeof right.apply = (shared, line, operation) =>
          right.apply(shared, line, operation.kind === "select-for-update" ? { kind: "read", key: operation.key } : operation);
        return { ...right, apply };
      },
    });
    for (const subject of [otherRows, noLocks]) expect(different(await compare([subject], 4))).toHaveLength(1);
  });
});

describe.skipIf(skipped !== "")(`a schedule that is conducted${skipped}`, () => {
  it("shows who waits for whom, and with which step they go on", async () => {
    const opened = await openStore(store, { conducted: true });
    try {
      const rows = { "stock/1": { left: 5 } };
      const { steps, history } = await conduct(opened, {
        rows,
        tasks: [1, 2].map(
          () => (session) =>
            session.transaction("read committed", async () => {
              const { left } = (await session.selectForUpdate("stock/1")) as { left: number };
              await session.write("stock/1", { left: left - 1 });
            }),
        ),
        schedule: [1, 1, 2, 2, 2, 1, 1, 2, 2],
      });
      expect(steps.map(({ task, operation, blockedBy, released }) => [task, operation.kind, blockedBy, released])).toEqual([
        [1, "begin", null, 1],
        [1, "select-for-update", null, 2],
        [2, "begin", null, 3],
        [2, "select-for-update", [1], 6],
        [1, "write", null, 5],
        [1, "commit", null, 6],
        [2, "write", null, 7],
        [2, "commit", null, 8],
      ]);
      expect(history.after).toEqual({ "stock/1": { left: 3 } });
    } finally {
      await opened.close();
    }
  });
});
