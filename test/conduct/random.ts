/**
 * Random programs and schedules, to be conducted on a real PostgreSQL and compared with the model step by step. A
 * difference is made small by fast-check: statements, tasks and choices are left out as long as it stays a difference.
 * random-many.ts runs as many as wanted.
 *
 * Known, and not mended: FOR KEY SHARE passes by an update in the model also where the updater had locked the row FOR UPDATE
 * before, and there the server waits (1 of 5,000). FOR KEY SHARE is asked of a table with one key only: racelab's PostgreSQL
 * store computes the columns of further keys from the row, so ON CONFLICT DO UPDATE locks the row FOR UPDATE there
 * (ExecUpdateLockMode), and not FOR NO KEY UPDATE.
 */
import fc from "fast-check";
import { type Compared, compareSubject, type Subject } from "../../src/conduct/fidelity.js";
import type { Condition, Isolation, Operation, Rows } from "../../src/core/operation.js";
import type { Schedule } from "../../src/core/schedule.js";
import type { Session } from "../../src/core/session.js";
import type { Store } from "../../src/core/store.js";
import type { Tables } from "../../src/core/table.js";
import { model } from "../../src/model/model.js";

/** What each task asks for, one after the other whatever the answers are, and who is to ask next. */
export interface Program {
  readonly tasks: readonly (readonly Operation[])[];
  readonly picks: readonly number[];
}

const rows: Rows = { "a/1": { n: 1, code: "x" }, "a/2": { n: 2, code: "y" }, "b/1": { n: 0 }, "b/2": { n: 5 } };
const tables: Tables = {
  a: { columns: { id: "int", n: "int", code: "text" }, unique: [["code"]], checks: [["<", "n", 9]], heap: true },
  b: { columns: { id: "int", n: "int" }, heap: true },
};

const pick = fc.constantFrom;
const id = pick(1, 1, 1, 2, 3);
const code = pick("x", "x", "y", "z");
const add = { n: ["+", "n", 1] } as const;
const wheres: readonly (Condition | undefined)[] = [
  undefined,
  undefined,
  ["=", "id", 1],
  ["=", "id", 1],
  ["=", "id", 2],
  ["in", "id", [1, 2]],
  [">", "n", 1],
  ["and", ["=", "id", 1], ["<", "n", 3], ["!=", "n", 0]],
  ["or", ["=", "n", 2], ["=", "n", 1]],
];
const where = pick(...wheres).map((where) => (where === undefined ? {} : { where }));
/** Without the key: `id = 1 and id = 2` on one index leaves no trace on the server, which the model does not know. */
const onN = pick<{ where?: Condition }>({}, {}, { where: [">", "n", 1] }, { where: ["or", ["=", "n", 2], ["=", "n", 1]] });
const onA = fc.oneof(
  { weight: 3, arbitrary: where },
  code.map((text) => ({ where: ["=", "code", { text }] as Condition })),
);
/** A table, and a condition that fits it. */
const rowsOf = fc.oneof(
  onA.map((where) => ({ table: "a", ...where })),
  where.map((where) => ({ table: "b", ...where })),
);
const ifLocked = pick({}, {}, {}, { ifLocked: "nowait" as const }, { ifLocked: "skip" as const });
const key = fc.tuple(pick("a", "a", "b"), id).map(([table, id]) => `${table}/${id}`);
const inserted = fc
  .tuple(pick(1, 3, 3, 4), pick("x", "z", "z", "w"))
  .map(([id, code]) => ({ table: "a", row: { id, code, n: 7 } }));

const statement: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 2, arbitrary: rowsOf.map((of) => ({ kind: "select", ...of }) as const) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(rowsOf, pick(["count", "*"] as const, ["sum", "n"] as const, ["max", "n"] as const))
      .map(([of, aggregate]) => ({ kind: "select", ...of, aggregate }) as const),
  },
  {
    weight: 10,
    arbitrary: fc
      .tuple(rowsOf, pick("key share" as const, "share" as const, "no key update" as const, "update" as const), ifLocked)
      .map(
        ([of, lock, how]) =>
          ({ kind: "select", ...of, lock: of.table === "a" ? lock.replace("key share", "share") : lock, ...how }) as Operation,
      ),
  },
  {
    weight: 1,
    arbitrary: rowsOf.map((of) => ({ kind: "select", ...of, lock: "update", ifLocked: "skip", limit: 1 }) as const),
  },
  { weight: 10, arbitrary: rowsOf.map((of) => ({ kind: "update-rows", ...of, set: add }) as const) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(onA, code)
      .map(([of, text]) => ({ kind: "update-rows", table: "a", ...of, set: { code: { text } } }) as const),
  },
  { weight: 2, arbitrary: rowsOf.map((of) => ({ kind: "delete-rows", ...of }) as const) },
  { weight: 1, arbitrary: inserted.map((made) => ({ kind: "insert-row", ...made }) as const) },
  { weight: 2, arbitrary: inserted.map((made) => ({ kind: "insert-row", ...made, onConflict: "nothing" }) as const) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(inserted, pick("id", "code"))
      .map(([made, key]) => ({ kind: "insert-row", ...made, onConflict: { key: [key], set: add } }) as const),
  },
  { weight: 1, arbitrary: key.map((key) => ({ kind: "read", key }) as const) },
  { weight: 1, arbitrary: key.map((key) => ({ kind: "select-for-update", key }) as const) },
  { weight: 1, arbitrary: key.map((key) => ({ kind: "delete", key }) as const) },
  {
    weight: 1,
    arbitrary: fc.tuple(key, onN).map(([key, where]) => ({ kind: "update-where", key, ...where, set: add }) as const),
  },
  { weight: 1, arbitrary: id.map((id) => ({ kind: "write", key: `b/${id}`, row: { n: 6 } }) as const) },
  { weight: 1, arbitrary: id.map((id) => ({ kind: "insert", key: `b/${id}`, row: { n: 8 } }) as const) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(pick(1, 1, 2), fc.boolean(), pick("transaction" as const, "transaction" as const, "session" as const), fc.boolean())
      .map(
        ([lock, shared, scope, wait]): Operation => ({
          ...{ kind: "advisory-lock", lock, scope },
          ...(shared && { shared }),
          ...(!wait && { ifLocked: "nowait" }),
        }),
      ),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(pick(1, 2), fc.boolean())
      .map(([lock, shared]): Operation => ({ kind: "advisory-unlock", lock, ...(shared && { shared }) })),
  },
);

/** A few statements between SAVEPOINT and what undoes or keeps them. */
const within = fc
  .tuple(
    fc.array(statement, { minLength: 1, maxLength: 2 }),
    pick("rollback-to" as const, "rollback-to" as const, "release-savepoint" as const),
  )
  .map(([body, kind]): readonly Operation[] => [{ kind: "savepoint", name: "s" }, ...body, { kind, name: "s" }]);
const level = pick<Isolation>("read committed", "read committed", "repeatable read", "serializable", "serializable");
const end = pick<Operation>({ kind: "commit" }, { kind: "commit" }, { kind: "commit" }, { kind: "rollback" });

const task: fc.Arbitrary<readonly Operation[]> = fc.oneof(
  { weight: 1, arbitrary: fc.array(statement, { minLength: 1, maxLength: 3 }) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        level,
        fc.array(fc.oneof({ weight: 6, arbitrary: statement.map((one) => [one]) }, { weight: 1, arbitrary: within }), {
          minLength: 1,
          maxLength: 4,
        }),
        end,
      )
      .map(([isolation, body, end]): readonly Operation[] => [{ kind: "begin", isolation }, ...body.flat(), end]),
  },
);

/** Each program as data, so that fast-check can leave parts out: a task without a BEGIN is a program too. */
export const program: fc.Arbitrary<Program> = fc.noBias(
  fc.record({
    tasks: fc.array(task, { minLength: 2, maxLength: 4 }),
    picks: fc.array(fc.nat({ max: 11 }), { minLength: 6, maxLength: 24 }),
  }),
);

/** The order of asking: as picked, then all in turn until everything has been asked. */
export function scheduleOf({ tasks, picks }: Program): Schedule {
  const most = Math.max(...tasks.map(({ length }) => length));
  const inTurn = Array.from({ length: most }, () => tasks.map((_, i) => i + 1)).flat();
  return [...picks.map((pick) => (pick % tasks.length) + 1), ...inTurn];
}

export const subjectOf = (program: Program): Subject => ({
  name: "random",
  options: {
    ...{ rows, tables, limits: { steps: 30 } },
    model: (rows) => model(rows, tables),
    tasks: program.tasks.map((operations) => async ({ perform }: Session) => {
      for (const operation of operations) await perform(operation).catch(() => {});
    }),
  },
  orders: [scheduleOf(program)],
  requires: [],
});

export async function conductProgram(store: Store, program: Program): Promise<Compared> {
  const compared = await compareSubject(subjectOf(program), [store], { most: 1, seed: 1 }, new AbortController().signal);
  return compared as Compared;
}
