// Source: akeneo/pim-community-dev pull request #7998. Two daemons list the same job; the second locks it after the first has let go, and does not look again.
import type { Property, Rows, Session } from "racelab";
import { broken, right, type Variant } from "./variant.js";

const rows: Rows = { "job/1": { consumer: "" } };
const properties: Property[] = [
  {
    name: "a job is executed once",
    kind: "outcome",
    test: ({ rows }) => {
      const n = Object.keys(rows).filter((k) => k.startsWith("service/")).length;
      return n > 1 ? `executed ${n} times` : null;
    },
  },
];
const consume = (look: boolean) => async (s: Session) => {
  const [job] = await s.select({ table: "job", where: ["=", "consumer", { text: "" }], limit: 1 });
  if (!job) return "none";
  if (!(await s.tryAcquire("job-1"))) return "busy";
  if (look && (await s.read("job/1")).consumer !== "") {
    await s.release("job-1");
    return "gone";
  }
  await s.write("job/1", { consumer: "me" });
  await s.release("job-1");
  await s.call("execute", { job: 1 });
  return "done";
};

export default [
  broken("lock, do not look again", { rows, tasks: [consume(false), consume(false)], properties }, "a job is executed once"),
  right("lock, look again", { rows, tasks: [consume(true), consume(true)], properties }),
] satisfies readonly Variant[];
