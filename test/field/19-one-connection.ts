// Source: prisma/orm issue #8707. Two requests begin a transaction on one shared connection: the second BEGIN is inside the first.
import type { Rows, Session } from "racelab";
import { refused, type Variant } from "./variant.js";

const rows: Rows = { "account/a": { n: 100 }, "account/b": { n: 100 } };
const transfer = async (s: Session) => {
  await s.begin("read committed");
  await s.updateWhere({ key: "account/a", set: { n: ["-", "n", 60] } });
  if ((await s.read<{ n: number }>("account/a")).n < 0) {
    await s.rollback();
    return "refused";
  }
  await s.updateWhere({ key: "account/b", set: { n: ["+", "n", 60] } });
  await s.commit();
  return "paid";
};
/** A session is a connection and a task at once: two requests on one connection cannot be said. The nearest is Promise.all in one task. */
const two = async (s: Session) => (await Promise.all([transfer(s), transfer(s)])).join();
let shared: Session | null = null;
const first = async (s: Session) => {
  shared = s;
  return transfer(s);
};
const second = async (s: Session) => {
  await s.sleep(1);
  return transfer(shared ?? s);
};
export default [
  refused("two requests, one connection", { rows, tasks: [two] }, "asks for a second operation before the first is answered"),
  refused("the session of another task", { rows, tasks: [first, second] }, "it awaits something that is not an operation"),
] satisfies readonly Variant[];
