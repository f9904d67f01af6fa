import { afterAll, describe, it } from "vitest";
import { openStore } from "../../src/stores/open.js";
import { conformance } from "./conformance.js";
import { localServer, whyNot } from "./local-servers.js";

// The stores of one thread share a server of racelab's own. One store is kept open, so that the server is started once.
const kept = await openStore("postgres:embedded").catch(() => undefined);
afterAll(() => kept?.close());

for (const [name, url] of [
  ["postgres", localServer],
  ["postgres:embedded", "postgres:embedded"],
] as const) {
  const skipped = await whyNot(url);
  if (skipped === null) conformance(name, () => openStore(url));
  else
    describe(`${name}: every store`, () => {
      it.skip(`is there: ${skipped}`, () => {});
    });
}
