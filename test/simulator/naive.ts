/**
 * Every schedule, one after the other, each by running the real async functions from the beginning. Shares
 * no code with the explorer: slow, and too simple to be wrong.
 */
import { type Machine, type Operation, type Perform, type Rows, session } from "racelab";
import { isPrivate } from "../../src/core/operation.js";
import { settle } from "../../src/core/session.js";
import type { Program } from "./programs.js";

export interface NaiveRun {
  readonly schedule: readonly number[];
  readonly rows: Rows;
  /** "ok", "rejected: …", or null for a task that never ended; sorted where `same` says tasks are the same. */
  readonly outcomes: readonly (string | null)[];
  readonly deadlock: boolean;
  readonly switches: number;
  readonly preemptions: number;
  readonly fair: number;
  /** Committed rows after each step. */
  readonly along: readonly Rows[];
}

interface Client {
  pending: { operation: Operation; resolve(value: unknown): void; reject(error: unknown): void } | null;
  outcome: string | null;
  line: unknown;
}

/** All runs; none at all when there are more than `most`. */
export async function naive(machine: Machine, tasks: readonly Program[], most = Infinity): Promise<NaiveRun[]> {
  const runs: NaiveRun[] = [];
  const explore = async (prefix: readonly number[]): Promise<void> => {
    const { run, enabled } = await execute(machine, tasks, prefix);
    if (!enabled.length) runs.push(run);
    for (const task of enabled) if (runs.length <= most) await explore([...prefix, task]);
  };
  await explore([]);
  return runs.length <= most ? runs : [];
}

const drained = () => new Promise<void>((resolve) => setImmediate(resolve));

async function execute(machine: Machine, tasks: readonly Program[], schedule: readonly number[]) {
  let shared = machine.shared;
  const clients = tasks.map((): Client => ({ pending: null, outcome: null, line: machine.line }));
  for (const [i, task] of tasks.entries()) {
    const client = clients[i]!;
    const perform = ((operation: Operation) =>
      isPrivate(operation)
        ? Promise.resolve(null)
        : new Promise((resolve, reject) => {
            client.pending = { operation, resolve, reject };
          })) as Perform;
    task(session(perform)).then(
      (value) => {
        const outcome = value as { status?: string; detail?: string } | undefined;
        client.outcome = outcome?.status === "rejected" ? `rejected: ${outcome.detail}` : "ok";
      },
      () => {
        client.outcome = "failed";
      },
    );
  }
  await drained();
  const enabled = () =>
    clients.flatMap(({ pending, line }, i) => {
      const answer = pending && machine.apply(shared, line, pending.operation);
      return answer && (answer.reply || answer.shared !== shared || answer.line !== line) ? i + 1 : [];
    });
  let [last, switches, preemptions, fair] = [0, 0, 0, 1];
  const along: Rows[] = [];
  for (const task of schedule) {
    const can = enabled();
    fair /= can.length;
    if (last && task !== last) {
      switches++;
      if (can.includes(last)) preemptions++;
    }
    last = task;
    const client = clients[task - 1]!;
    const answer = machine.apply(shared, client.line, client.pending!.operation);
    shared = answer.shared;
    client.line = answer.line;
    along.push(machine.rows(shared));
    if (!answer.reply) continue;
    const { resolve, reject } = client.pending!;
    client.pending = null;
    try {
      resolve(structuredClone(settle(answer.reply)));
    } catch (error) {
      reject(error);
    }
    await drained();
  }
  const outcomes = clients.map(({ outcome }) => outcome);
  const deadlock = outcomes.includes(null);
  const run: NaiveRun = { schedule, rows: machine.rows(shared), outcomes, deadlock, switches, preemptions, fair, along };
  return { run, enabled: enabled() };
}
