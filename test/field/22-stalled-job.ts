// Source: OptimalBits/bull issue #308, taskforcesh/bullmq issue #439. A worker is slow, its lock is not renewed, the job is given to another: done twice.
import type { Property, Rows, Session } from "racelab";
import { broken, right, type Variant } from "./variant.js";

const rows: Rows = { "queue/mail/1": { message: { to: "a" } } } as const;
const mails = (n: number) => (n > 1 ? `${n} mails` : null);
const properties: Property[] = [
  {
    name: "one mail",
    kind: "outcome",
    test: ({ rows }) => mails(Object.keys(rows).filter((k) => k.startsWith("service/mail/")).length),
  },
];
const producer = async (s: Session) => {
  await s.publish("mail", { to: "a" });
};
const worker = async (s: Session) => {
  const job = await s.poll("mail");
  if (!job) return "nothing";
  await s.call("mail", job.message);
  await s.ack("mail", job.id);
  return "sent";
};
/** The provider is given the job's id as its idempotency key. */
const keyed = async (s: Session) => {
  const job = await s.poll("mail");
  if (!job) return "nothing";
  await s.call("mail", { message: job.message, idempotencyKey: `job-${job.id}` });
  await s.ack("mail", job.id);
  return "sent";
};
/** "Is it done?" is asked in the store, before the mail: a crash or a slow worker is between. */
const marked = async (s: Session) => {
  const job = await s.poll("mail");
  if (!job) return "nothing";
  if (await s.find(`done/${job.id}`)) return "seen";
  await s.call("mail", job.message);
  await s.insert(`done/${job.id}`, { at: 1 });
  await s.ack("mail", job.id);
  return "sent";
};
void rows;

export default [
  right("no stall", { tasks: [producer, worker, worker], properties }),
  broken("stalled", { tasks: [producer, worker, worker], properties, faults: { redeliver: 1 } }, "one mail"),
  broken("a mark in the store", { tasks: [producer, marked, marked], properties, faults: { redeliver: 1 } }, "one mail"),
  right("an idempotency key", { tasks: [producer, keyed, keyed], properties, faults: { redeliver: 1 } }),
] satisfies readonly Variant[];
