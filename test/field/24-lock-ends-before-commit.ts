// Source: Korean practice posts on `@Transactional synchronized` (e.g. velog youmakemesmile, notion yuseogi0218); Tang et al., SIGMOD 2022: the lock is let go before the transaction commits. Also medusajs: locking step within a transaction.
import { type Property, type Rows, rejected, type Session } from "racelab";
import { broken, failing, right, type Variant } from "./variant.js";

type Stock = { left: number };
const rows: Rows = { "stock/1": { left: 3 } };
const properties: Property[] = [
  {
    name: "every sale is counted",
    kind: "outcome",
    test: ({ rows, outcomes }) => {
      const sold = outcomes.filter((o) => o?.status === "ok").length,
        left = (rows["stock/1"] as Stock).left;
      return left === 3 - sold ? null : `${sold} sold, ${left} left of 3`;
    },
  },
];
const decrease = async (s: Session) => {
  const stock = await s.read<Stock>("stock/1");
  if (stock.left < 1) return rejected("sold out");
  await s.write("stock/1", { left: stock.left - 1 });
  return "sold";
};
const synchronizedInside = (s: Session) =>
  s.transaction("read committed", async () => {
    await s.acquire("stock", "server");
    try {
      return await decrease(s);
    } finally {
      await s.release("stock", "server");
    }
  });
const synchronizedOutside = async (s: Session) => {
  await s.acquire("stock", "server");
  try {
    return await s.transaction("read committed", () => decrease(s));
  } finally {
    await s.release("stock", "server");
  }
};
/** The lock outside, the snapshot older than the lock: MySQL's default level does this too. */
const readBeforeLock = (s: Session) =>
  s.transaction("repeatable read", async () => {
    await s.read("stock/1");
    await s.acquire("stock", "server");
    try {
      return await decrease(s);
    } finally {
      await s.release("stock", "server");
    }
  });
export default [
  broken(
    "the lock inside the transaction",
    { rows, tasks: [synchronizedInside, synchronizedInside], properties },
    "every sale is counted",
  ),
  right("the lock around the transaction", {
    rows,
    tasks: [synchronizedOutside, synchronizedOutside, synchronizedOutside],
    properties,
  }),
  broken(
    "two servers",
    { rows, tasks: [synchronizedOutside, synchronizedOutside], properties, servers: 2 },
    "every sale is counted",
  ),
  failing(
    "repeatable read, read before the lock: an error instead of a lost sale",
    { rows, tasks: [readBeforeLock, readBeforeLock], properties },
    "40001",
  ),
  right("repeatable read, read before the lock: the client tries again", {
    rows,
    tasks: [readBeforeLock, readBeforeLock],
    properties,
    failures: ["40001"],
  }),
] satisfies readonly Variant[];
