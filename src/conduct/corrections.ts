/**
 * Which corrections of newer PostgreSQL a server lacks (core/correction.ts). The server is asked and not its version number:
 * a schedule that shows the correction is played on it, once, when a difference is met that would be explained so.
 */
import type { Correction } from "../core/correction.js";
import type { Operation } from "../core/operation.js";
import type { Session } from "../core/session.js";
import type { Store } from "../core/store.js";
import { conduct } from "./conduct.js";

/** A schedule after which the last step of task 1 succeeds on a server that lacks the correction only. */
interface Example {
  readonly tasks: readonly (readonly Operation[])[];
  readonly order: readonly number[];
}

const key = ["=", "id", 1] as const;
/** Task 1 finds row a/1 in its way and adds to b; task 2 has seen b without that, and deletes a/1. */
const examples: { readonly [correction in Correction]: Example } = {
  "on-conflict-reads": {
    tasks: [
      [
        { kind: "begin", isolation: "serializable" },
        { kind: "insert-row", table: "a", row: { id: 1 }, onConflict: "nothing" },
        { kind: "insert-row", table: "b", row: { id: 1 } },
        { kind: "commit" },
      ],
      [
        { kind: "begin", isolation: "serializable" },
        { kind: "select", table: "b", aggregate: ["count", "*"] },
        { kind: "delete-rows", table: "a", where: key },
        { kind: "commit" },
      ],
    ],
    order: [1, 1, 2, 2, 2, 2, 1, 1],
  },
};

const known = new WeakMap<Store, Map<Correction, boolean>>();

export async function isLacking(store: Store, correction: Correction, signal?: AbortSignal): Promise<boolean> {
  const asked = known.get(store) ?? new Map<Correction, boolean>();
  known.set(store, asked);
  let lacks = asked.get(correction);
  if (lacks === undefined) {
    const { tasks, order } = examples[correction];
    const { steps } = await conduct(store, {
      rows: { "a/1": {} },
      tasks: tasks.map((operations) => async ({ perform }: Session) => {
        for (const operation of operations) await perform(operation).catch(() => {});
      }),
      schedule: order,
      signal,
    });
    const end = steps.findLast(({ task }) => task === 1)?.reply;
    lacks = end !== null && end !== undefined && "value" in end && end.value === "commit";
    asked.set(correction, lacks);
  }
  return lacks;
}
