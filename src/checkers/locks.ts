/**
 * *Stuck lock*: a task took a lock, ended, and never released it. *Stale write under an expired lease*: a task writes
 * after its lease has ended and another task was given the lock (Kleppmann 2016; Gray & Cheriton 1989 for leases).
 *
 *     request 1   lock ────────────────────────── W 99      its lease was over at the second lock
 *     request 2                  lock  R 100                a fencing token would have refused the write
 *
 * The history shows that a lease ended: the lock was granted to another task while the first had not released it. This
 * does not hold for a lock of scope "server", because each server grants its own.
 */
import type { Violation } from "../core/verdict.js";
import type { VersionTrace } from "./versions.js";
import { object, subject, topic, type Wording, wrote } from "./wording.js";

interface Grant {
  readonly task: number;
  readonly lock: string;
  readonly n: number;
  /** It ends by itself. */
  readonly lease: boolean;
  /** The task that was granted it next, and at which event. */
  taken?: { readonly task: number; readonly n: number };
  over: boolean;
}

export function stuckLock(trace: VersionTrace, words: Wording): Violation[] {
  const { history } = trace;
  return grants(trace)
    .filter(({ over, taken, task, lease }) => !over && !taken && !lease && history.outcomes[task - 1])
    .map(({ task, lock, n }) => ({
      property: "every lock is given back",
      anomaly: "stuck lock",
      schedule: null,
      tasks: [task],
      events: [n],
      explanation: words.say({
        en: `${words.Task(task)} took the lock ${lock} at ${words.step(n)} and ended without giving it back. The next task that asks for it waits for ever.`,
        ko:
          `${subject(words, task)} ${words.step(n)}에서 락 ${object(lock)} 잡고, 돌려주지 않은 채 끝났습니다. ` +
          "다음에 이 락을 잡으려는 쪽은 영원히 기다립니다.",
      }),
    }));
}

export function staleLease(trace: VersionTrace, words: Wording): Violation[] {
  const all: Grant[] = [];
  return trace.steps.flatMap((step): Violation[] => {
    follow(all, step);
    const { task, n } = step.event;
    const [version] = step.installs;
    const grant = all.find((one) => one.task === task && one.taken && !one.over);
    if (!version || !grant?.taken) return [];
    return [
      {
        property: "only the holder of the lock writes",
        anomaly: "stale write under an expired lease",
        schedule: null,
        tasks: [task, grant.taken.task],
        events: [grant.n, grant.taken.n, n],
        explanation: words.say({
          en:
            `${words.Task(task)} took the lock ${grant.lock} at ${words.step(grant.n)}. Its lease ran out: ${words.task(grant.taken.task)} got the same lock ` +
            `at ${words.step(grant.taken.n)}. ${words.Task(task)} did not notice and wrote ${words.row(version)} at ${words.step(n)}: two held the lock at once.`,
          ko:
            `${subject(words, task)} ${words.step(grant.n)}에서 락 ${object(grant.lock)} 잡았습니다. ` +
            `그 락이 만료되어 ${subject(words, grant.taken.task)} ${words.step(grant.taken.n)}에서 같은 락을 받았습니다. ` +
            `${topic(words, task)} 그것을 모른 채 ${words.step(n)}에서 ${wrote(words, version, words.row(version))}습니다. ` +
            "둘이 한꺼번에 락을 쥐고 있었습니다.",
        }),
      },
    ];
  });
}

/** A lock was released before the transaction that it guards had committed, and another task took it in between. */
export function releasedBeforeCommit(trace: VersionTrace, words: Wording): Violation[] {
  return trace.units.flatMap((unit): Violation[] => {
    const commit = unit.steps.findLast(({ installs }) => installs.length > 0)?.event;
    const freed = unit.steps.find(
      ({ event }) => event.operation.kind === "release" && "value" in event.reply && event.reply.value,
    )?.event;
    if (!unit.transaction || !commit || !freed || freed.operation.kind !== "release") return [];
    const { lock } = freed.operation;
    const next = trace.history.events.find(
      ({ n, task, operation, reply }) =>
        n > freed.n &&
        n < commit.n &&
        task !== unit.task &&
        operation.kind === "acquire" &&
        operation.lock === lock &&
        "value" in reply &&
        reply.value,
    );
    if (!next) return [];
    return [
      {
        property: "a lock is held until the commit",
        anomaly: "lock released too early",
        schedule: null,
        tasks: [unit.task, next.task],
        events: [freed.n, next.n, commit.n],
        explanation: words.say({
          en:
            `${words.Task(unit.task)} released the lock ${lock} at ${words.step(freed.n)}, and committed only at ${words.step(commit.n)}. ` +
            `${words.Task(next.task)} took the lock at ${words.step(next.n)}, and what ${words.task(unit.task)} had written was not there to be seen yet.`,
          ko:
            `${subject(words, unit.task)} ${words.step(freed.n)}에서 락 ${object(lock)} 놓고 ${words.step(commit.n)}에야 커밋했습니다. ` +
            `${subject(words, next.task)} ${words.step(next.n)}에서 그 락을 잡았지만, ${subject(words, unit.task)} 쓴 것은 아직 보이지 않았습니다.`,
        }),
      },
    ];
  });
}

/** Two servers at once hold a lock of the same name: each has its own, so it keeps nobody of another server out. */
export function lockOfOneServer({ history }: VersionTrace, words: Wording): Violation[] {
  const { events, servers = [] } = history;
  const taken = events.filter(
    ({ operation, reply }) => operation.kind === "acquire" && operation.scope === "server" && "value" in reply && reply.value,
  );
  return taken.flatMap((one): Violation[] => {
    if (one.operation.kind !== "acquire") return [];
    const { lock } = one.operation;
    const until =
      events.find(
        ({ n, task, operation }) => n > one.n && task === one.task && operation.kind === "release" && operation.lock === lock,
      )?.n ?? Number.POSITIVE_INFINITY;
    const [here, other] = [
      servers[one.task - 1],
      taken.find(
        ({ n, task, operation }) => n > one.n && n < until && task !== one.task && "lock" in operation && operation.lock === lock,
      ),
    ];
    const there = other && servers[other.task - 1];
    if (!other || here === undefined || here === there) return [];
    return [
      {
        property: "a lock keeps everybody else out",
        anomaly: "lock of one server",
        schedule: null,
        tasks: [one.task, other.task],
        events: [one.n, other.n],
        explanation: words.say({
          en:
            `${words.Task(one.task)} took the lock ${lock} on server ${here} at ${words.step(one.n)}, and ${words.task(other.task)} took it on server ${there} at ${words.step(other.n)}: ` +
            "each server has its own lock of that name, and both were inside at once.",
          ko:
            `${subject(words, one.task)} ${words.step(one.n)}에서 서버 ${here}의 락 ${object(lock)}, ${subject(words, other.task)} ${words.step(other.n)}에서 서버 ${there}의 락을 잡았습니다. ` +
            "이름은 같아도 서버마다 락이 따로 있어서, 둘이 한꺼번에 안에 있었습니다.",
        }),
      },
    ];
  });
}

function grants(trace: VersionTrace): readonly Grant[] {
  const all: Grant[] = [];
  for (const step of trace.steps) follow(all, step);
  return all;
}

function follow(all: Grant[], { event: { operation, reply, task, n } }: VersionTrace["steps"][number]): void {
  if (!("value" in reply) || !reply.value) return;
  if (operation.kind === "release") {
    const mine = all.findLast((grant) => grant.task === task && grant.lock === operation.lock && !grant.over);
    if (mine) mine.over = true;
  } else if (operation.kind === "acquire") {
    const holder = all.findLast((grant) => grant.lock === operation.lock && !grant.over && !grant.taken);
    if (holder && holder.task !== task && operation.scope === "shared") holder.taken = { task, n };
    // The task that asks again for a lock that it holds has crashed meanwhile and begun again; or it would wait for itself.
    for (const grant of all) if (grant.task === task && grant.lock === operation.lock) grant.over = true;
    all.push({ task, lock: operation.lock, n, lease: operation.lease === true, over: false });
  }
}
