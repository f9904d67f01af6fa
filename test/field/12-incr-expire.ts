// Source: redis/redis issue #4548, veryfront/veryfront-code issue #2256, Tabcorp/redis-rate-limiter issue #1. INCR, then EXPIRE if it was the first: a crash between leaves a key that never expires.
import type { InsertRow, Property, Session } from "racelab";
import { broken, refused, right, type Variant } from "./variant.js";

const properties: Property[] = [
  {
    name: "a counter ends some day",
    kind: "outcome",
    test: ({ rows }) => {
      const hit = rows["hits/ip"];
      return hit && hit.ttl === null ? `count ${hit.n}, no TTL` : null;
    },
  },
];
/** INCR answers the new value, and no write answers here. Two steps alone would be a race that Redis has not. */
const answering = async (s: Session) =>
  void (await s.insertRow({ table: "hits", row: { id: "ip", n: 1 }, returning: ["n"] } as InsertRow));
/** The way round it: a transaction, four steps for one command. */
const incr = (s: Session, ttl: number | null) =>
  s.transaction("read committed", async () => {
    await s.insertRow({ table: "hits", row: { id: "ip", n: 1, ttl }, onConflict: { key: ["id"], set: { n: ["+", "n", 1] } } });
    return (await s.read<{ n: number }>("hits/ip")).n;
  });
const hit = async (s: Session) => {
  const n = await incr(s, null);
  if (n === 1) await s.updateWhere({ key: "hits/ip", set: { ttl: 60 } });
  return n > 3 ? "429" : "200";
};
const setFirst = async (s: Session) => ((await incr(s, 60)) > 3 ? "429" : "200");

export default [
  refused("INCR in one step", { rows: {}, tasks: [answering, answering], properties }, "returning"),
  right("no crash", { rows: {}, tasks: [hit, hit], properties }),
  broken("a crash", { rows: {}, tasks: [hit, hit], properties, faults: { crash: 1 } }, "a counter ends some day"),
  right("SET … NX EX, then INCR", { rows: {}, tasks: [setFirst, setFirst], properties, faults: { crash: 1 } }),
] satisfies readonly Variant[];
