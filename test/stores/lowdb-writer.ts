/** A process that writes as fast as it can until it is killed: two rows that one transaction keeps equal. */
import { session } from "../../src/core/session.js";
import { lowdbStore } from "../../src/stores/lowdb/store.js";

const store = await lowdbStore(process.argv[2]!);
const { find, transaction, write } = session((await store.connect()).perform);
const before = (await find("pair/a")) as { n: number } | null;
const padding = "x".repeat(20_000);
process.send?.("writing");
for (let n = (before?.n ?? 0) + 1; ; n++) {
  await transaction("read committed", async () => {
    await write("pair/a", { n, padding });
    await write("pair/b", { n });
  });
  process.send?.(n);
}
