/**
 * Random programs and schedules, to be conducted on a real PostgreSQL and compared with the model step by step. A
 * difference is made small by fast-check: statements, tasks and choices are left out as long as it stays a difference.
 * random-many.ts runs as many as wanted.
 *
 * FOR KEY SHARE is asked of a table with one key only: racelab's PostgreSQL store computes the columns of further keys from
 * the row, so ON CONFLICT DO UPDATE locks the row FOR UPDATE there (ExecUpdateLockMode), and not FOR NO KEY UPDATE.
 *
 * One difference is known and not mended (`differsInNames`). A statement that follows a row to its newest version locks that version
 * and then changes it. In the model that is one step. On a server another follower can look in between, and then it takes
 * the version's queue, where the model lets it wait for the transaction: a third one is told another name to wait for.
 */
import fc from "fast-check";
import { type Compared, compareSubject, type Difference, type Subject } from "../../src/conduct/fidelity.js";
import { normal } from "../../src/conduct/normal.js";
import type { Condition, Isolation, Operation, Rows } from "../../src/core/operation.js";
import type { Schedule } from "../../src/core/schedule.js";
import type { Session } from "../../src/core/session.js";
import type { Store } from "../../src/core/store.js";
import type { Tables } from "../../src/core/table.js";
import { model } from "../../src/model/model.js";
import { type ModelStep, prepare, tracesOf } from "../../src/simulator/index.js";

/** What each task asks for, one after the other whatever the answers are, and who is to ask next. */
export interface Program {
  readonly tasks: readonly (readonly Operation[])[];
  readonly picks: readonly number[];
  /** What ends a transaction is not picked: all tasks have their locks before the first one ends. */
  readonly late?: boolean;
}

const rows: Rows = { "a/1": { n: 1, code: "x" }, "a/2": { n: 2, code: "y" }, "b/1": { n: 0 }, "b/2": { n: 5 } };
const tables: Tables = {
  a: { columns: { id: "int", n: "int", code: "text" }, unique: [["code"]], checks: [["<", "n", 9]], heap: true },
  b: { columns: { id: "int", n: "int" }, heap: true },
};

const pick = fc.constantFrom;
const id = pick(1, 1, 1, 1, 2, 3);
const code = pick("x", "x", "y", "z");
const add = { n: ["+", "n", 1] } as const;
const first: Condition = ["=", "id", 1];
const wheres: readonly (Condition | undefined)[] = [
  ...[undefined, undefined, first, first, first, first, first],
  ["=", "id", 2],
  ["in", "id", [1, 2]],
  [">", "n", 1],
  ["and", ["=", "id", 1], ["<", "n", 3], ["!=", "n", 0]],
  ["or", ["=", "n", 2], ["=", "n", 1]],
];
/** What the planner works out: constants, contradictions, which values of a list are left. */
const planned: readonly Condition[] = [
  ["and", ["=", "id", 1], ["=", "id", 2]],
  ["and", ["=", "n", 1], ["=", "n", 2]],
  ["and", ["=", "id", 1], ["in", "id", [2, 3]]],
  ["and", ["in", "id", [1, 2]], ["=", "id", 2]],
  ["and", ["in", "id", [1, 2]], ["in", "id", [2, 3]]],
  ["and", ["=", "id", "n"], ["=", "n", 1]],
  ["and", ["=", "id", 2], ["=", "n", null]],
  ["and", ["=", "id", 1], ["<", 1, 0]],
  ["=", "id", ["+", 1, 1]],
  ["in", "id", []],
  ["is null", "id"],
];
const condition = fc.oneof({ weight: 9, arbitrary: pick(...wheres) }, { weight: 1, arbitrary: pick(...planned) });
const where = condition.map((where) => (where === undefined ? {} : { where }));
const onA = fc.oneof(
  { weight: 3, arbitrary: where },
  code.map((text) => ({ where: ["=", "code", { text }] as Condition })),
  fc.tuple(code, id).map(([text, id]) => ({ where: ["and", ["=", "id", id], ["=", "code", { text }]] as Condition })),
);
/** A table, and a condition that fits it. */
const rowsOf = fc.oneof(
  onA.map((where) => ({ table: "a", ...where })),
  where.map((where) => ({ table: "b", ...where })),
);
const ifLocked = pick({}, {}, {}, {}, {}, {}, {}, { ifLocked: "nowait" as const }, { ifLocked: "skip" as const });
const key = fc.tuple(pick("a", "a", "b"), id).map(([table, id]) => `${table}/${id}`);
const inserted = fc
  .tuple(pick(1, 3, 3, 4), pick("x", "z", "z", "w", "w"))
  .map(([id, code]) => ({ table: "a", row: { id, code, n: 7 } }));

const statement: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 1, arbitrary: rowsOf.map((of) => ({ kind: "select", ...of }) as const) },
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
    arbitrary: fc.tuple(key, where).map(([key, where]) => ({ kind: "update-where", key, ...where, set: add }) as const),
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

/** The same row locked, changed and unchanged again: others that locked it, or wait for it, see what is left of that. */
const overOwnLock = fc
  .tuple(
    pick("a", "b", "b"),
    pick("key share" as const, "share" as const, "no key update" as const, "update" as const),
    fc.boolean(),
    pick("rollback-to" as const, "rollback-to" as const, "rollback-to" as const, "release-savepoint" as const),
  )
  .map(([table, lock, isDeleted, kind]): readonly Operation[] => {
    const of = { table, where: first };
    const change: Operation = isDeleted ? { kind: "delete-rows", ...of } : { kind: "update-rows", ...of, set: add };
    const locked = table === "a" && lock === "key share" ? "share" : lock;
    return [{ kind: "select", ...of, lock: locked }, { kind: "savepoint", name: "s" }, change, { kind, name: "s" }];
  });

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
  { weight: 2, arbitrary: fc.array(statement, { minLength: 1, maxLength: 2 }) },
  {
    weight: 5,
    arbitrary: fc
      .tuple(
        level,
        fc.array(
          fc.oneof(
            { weight: 6, arbitrary: statement.map((one) => [one]) },
            { weight: 1, arbitrary: within },
            { weight: 1, arbitrary: overOwnLock },
          ),
          {
            minLength: 1,
            maxLength: 4,
          },
        ),
        end,
      )
      .map(([isolation, body, end]): readonly Operation[] => [{ kind: "begin", isolation }, ...body.flat(), end]),
  },
);

/** A statement that wants the first row of `b`, or what keeps others from it. */
const onOneRow: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        pick("key share" as const, "share" as const, "no key update" as const, "update" as const, "update" as const),
        ifLocked,
      )
      .map(([lock, how]) => ({ kind: "select", table: "b", where: first, lock, ...how }) as const),
  },
  { weight: 5, arbitrary: fc.constant({ kind: "update-rows", table: "b", where: first, set: add } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: "update-rows", table: "b", set: add } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: "delete-rows", table: "b", where: first } as const) },
  { weight: 1, arbitrary: pick({ kind: "write", key: "b/1", row: { n: 6 } } as const, { kind: "delete", key: "b/1" } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: "insert-row", table: "b", row: { id: 1, n: 7 }, onConflict: "nothing" } as const) },
  {
    weight: 1,
    arbitrary: fc.constant({
      kind: "insert-row",
      table: "b",
      row: { id: 1, n: 7 },
      onConflict: { key: ["id"], set: add },
    } as const),
  },
);
const begun = (isolation: Isolation, body: readonly Operation[]): readonly Operation[] => [{ kind: "begin", isolation }, ...body];

const crowded: fc.Arbitrary<readonly Operation[]> = fc.oneof(
  { weight: 5, arbitrary: onOneRow.map((one): readonly Operation[] => [one]) },
  {
    weight: 8,
    arbitrary: fc.tuple(level, onOneRow, end).map(([isolation, one, end]) => begun(isolation, [one, end])),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(level, overOwnLock, fc.array(onOneRow, { maxLength: 1 }), end)
      .map(([isolation, own, body, end]) => begun(isolation, [...own, ...body, end])),
  },
  { weight: 1, arbitrary: task },
);

/**
 * FOR KEY SHARE, and what passes by it or does not: changes of the key and of other columns, other locks, savepoints. The
 * locks of several transactions on one version are one multixact.
 */
const onKeys = pick("a", "b", "b").chain((table): fc.Arbitrary<readonly (readonly Operation[])[]> => {
  const of = { table, where: first };
  const one: fc.Arbitrary<Operation> = fc.oneof(
    { weight: 5, arbitrary: ifLocked.map((how) => ({ kind: "select", ...of, lock: "key share", ...how }) as const) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(pick("share" as const, "no key update" as const, "update" as const), ifLocked)
        .map(([lock, how]) => ({ kind: "select", ...of, lock, ...how }) as const),
    },
    { weight: 5, arbitrary: fc.constant({ kind: "update-rows", ...of, set: add } as const) },
    {
      weight: 1,
      arbitrary: code.map(
        (text) => ({ kind: "update-rows", ...of, set: table === "a" ? { code: { text } } : { id: ["+", "id", 6] } }) as Operation,
      ),
    },
    { weight: 1, arbitrary: fc.constant({ kind: "delete-rows", ...of } as const) },
  );
  const saved = fc
    .tuple(fc.array(one, { minLength: 1, maxLength: 2 }), pick("rollback-to" as const, "release-savepoint" as const))
    .map(([body, kind]): readonly Operation[] => [{ kind: "savepoint", name: "s" }, ...body, { kind, name: "s" }]);
  const body = fc.array(
    fc.oneof({ weight: 4, arbitrary: one.map((one): readonly Operation[] => [one]) }, { weight: 1, arbitrary: saved }),
    { minLength: 1, maxLength: 2 },
  );
  const task = fc.oneof(
    { weight: 1, arbitrary: one.map((one): readonly Operation[] => [one]) },
    { weight: 4, arbitrary: fc.tuple(level, body, end).map(([isolation, body, end]) => begun(isolation, [...body.flat(), end])) },
  );
  return fc.array(task, { minLength: 3, maxLength: 6 });
});

const picks = fc.array(fc.nat({ max: 59 }), { minLength: 12, maxLength: 24 });

/** Each program as data, so that fast-check can leave parts out: a task without a BEGIN is a program too. */
export const program: fc.Arbitrary<Program> = fc.noBias(
  fc.oneof(
    {
      weight: 1,
      arbitrary: fc.record({ tasks: fc.array(task, { minLength: 2, maxLength: 4 }), picks, late: fc.boolean() }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        tasks: fc.array(crowded, { minLength: 5, maxLength: 6 }),
        picks,
        late: pick(true, true, true, true, false),
      }),
    },
    { weight: 6, arbitrary: fc.record({ tasks: onKeys, picks, late: fc.boolean() }) },
  ),
);

/** The order of asking: as picked, then all in turn until everything has been asked. */
export function scheduleOf({ tasks, picks, late }: Program): Schedule {
  const most = Math.max(...tasks.map(({ length }) => length));
  const inTurn = Array.from({ length: most }, () => tasks.map((_, i) => i + 1)).flat();
  const asked = tasks.map(() => 0);
  const picked = picks.map((pick) => pick % tasks.length).filter((i) => !late || ++asked[i]! < tasks[i]!.length);
  return [...picked.map((i) => i + 1), ...inTurn];
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

/** The steps of one trace of the model: how many of them wait says how much the tasks are in each other's way. */
export async function stepsOf(program: Program): Promise<readonly ModelStep[]> {
  const { options, orders = [] } = subjectOf(program);
  const [trace] = await tracesOf(await prepare(options, { symmetry: false }), orders[0]!);
  return trace?.steps ?? [];
}

/** Differs nothing but the names that a waiter is told, in a race? That is known. */
export const differsInNames = ({ races }: Compared, { model, real }: Difference): boolean => {
  const nameless = ({ steps, rows }: Difference["real"]) =>
    normal({ steps: steps.map((step) => ({ ...step, blockedBy: step.blockedBy && [] })), rows });
  return races > 0 && nameless(model) === nameless(real);
};

export async function conductProgram(store: Store, program: Program): Promise<Compared> {
  const compared = await compareSubject(subjectOf(program), [store], { most: 1, seed: 1 }, new AbortController().signal);
  return compared as Compared;
}
