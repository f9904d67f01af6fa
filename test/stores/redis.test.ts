import { describe, expect, it } from "vitest";
import { openStore } from "../../src/stores/open.js";
import { conformance } from "./conformance.js";
import { localRedis, whyNot } from "./local-servers.js";

const skipped = await whyNot(localRedis);
if (skipped === null) {
  conformance("redis", () => openStore(localRedis));

  it("a store that joins another on Redis knows what a key says of its row", async () => {
    const store = await openStore(localRedis);
    await store.reset({ "purse/ada/gold": { left: 3 } }, { purse: { primaryKey: ["user", "coin"] } });
    const joined = await openStore(store.address as string);
    const { perform } = await joined.connect();
    const spend = (user: string) =>
      perform({
        ...{ kind: "update-where", key: "purse/ada/gold" },
        ...{ where: ["=", "user", { text: user }], set: { left: ["-", "left", 1] } },
      });
    expect([await spend("ada"), await spend("bob")]).toEqual([1, 0]);
    await joined.close();
    expect(await store.state()).toEqual({ "purse/ada/gold": { left: 2 } });
    await store.close();
  });
} else
  describe("redis: every store", () => {
    it.skip(`is there: ${skipped}`, () => {});
  });
