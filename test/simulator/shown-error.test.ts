import { builtInNames, explore, type Session, StoreError } from "racelab";
import { expect, it } from "vitest";
import { observe } from "../../src/run/observe.js";

const rows = { "points/kim": { balance: 30 } };
/** Repeatable read, and no retry: the second of two that overlap gets 40001. */
const spend = ({ transaction, read, write }: Session) =>
  transaction("repeatable read", async () => {
    const { balance } = await read<{ balance: number }>("points/kim");
    await write("points/kim", { balance: balance - 10 });
  });
const typo = async ({ read }: Session) => {
  await read("points/kim");
  throw new TypeError("undefined is not a function");
};
const error = builtInNames.error;

it("breaks with a store error that no task catches, in every order that has it", async () => {
  const found = await explore({ rows, tasks: [spend, spend] });
  expect(found.violations).toMatchObject([{ property: error, kind: "error" }]);
  expect(found.violations[0]!.explanation).toContain("40001");
  const ends = found.outcomes.filter(({ outcomes }) => outcomes.some((outcome) => outcome?.status === "failed"));
  expect(found.violations[0]!.schedules).toBe(ends.reduce((sum, end) => sum + end.schedules, 0n));
});

it("does not break where the program says that the code is an answer, or that the property is not tested", async () => {
  expect(await explore({ rows, tasks: [spend, spend], failures: ["40001"] })).toMatchObject({ verdict: "holds" });
  expect(await explore({ rows, tasks: [spend, spend], failures: ["40P01"] })).toMatchObject({ verdict: "violated" });
  expect(await explore({ rows, tasks: [spend, spend], unchecked: [error] })).toMatchObject({ verdict: "holds" });
});

it("breaks with an error that is no StoreError, whatever codes are answers", async () => {
  const found = await explore({ rows, tasks: [typo], failures: ["40001", "02000"] });
  expect(found.violations).toMatchObject([{ property: error, schedules: 1n }]);
});

it("does not break where the task catches the error", async () => {
  const caught = async (session: Session) => {
    try {
      await spend(session);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  };
  expect(await explore({ rows, tasks: [caught, caught] })).toMatchObject({ verdict: "holds" });
});

it("breaks in a run of real threads as well", async () => {
  const { observation, violations, failed } = await observe({
    lesson: "double-top-up",
    strategy: "row-lock",
    language: "en",
    store: "memory:",
    workers: 2,
    requests: 2,
    size: {},
    seed: 1,
    deadline: 10_000,
    think: 5,
  } as never);
  // Which request comes second is chance, but the ledger's key refuses it in every run.
  expect({ observation, failed }).toEqual({ observation: "violated", failed: 1 });
  expect(violations.map(({ property }) => property)).toContain(error);
});
