import { describe, it } from "vitest";
import { openStore } from "../../src/stores/open.js";
import { localRedis, whyNot } from "./at-hand.js";
import { conformance } from "./conformance.js";

const skipped = await whyNot(localRedis);
if (skipped === null) conformance("redis", () => openStore(localRedis));
else
  describe("redis: every store", () => {
    it.skip(`is there: ${skipped}`, () => {});
  });
