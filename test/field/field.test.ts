/** What the library says of each field case, in every variant, is right. */
import { builtInNames, explore } from "racelab";
import { describe, expect, it } from "vitest";
import { cases } from "./cases.js";
import type { Variant } from "./variant.js";

const spoken = ({ breaks, shows, refusal }: Variant): string =>
  refusal ? "is refused" : breaks.length > 0 ? `breaks "${breaks.join('", "')}"` : shows ? `shows ${shows}` : "holds";

for (const [file, variants] of Object.entries(cases))
  describe(file, () => {
    for (const variant of variants)
      it(`${variant.name}: ${spoken(variant)}`, async () => {
        const { options, breaks, shows, refusal } = variant;
        if (refusal) return expect(explore(options)).rejects.toThrow(refusal);
        const found = await explore(options);
        expect(found.limits).toEqual([]);
        const broken = found.violations.map(({ property }) => property);
        expect(broken.sort()).toEqual([...breaks, ...(shows ? [builtInNames.error] : [])].sort());
        const error = found.violations.find(({ property }) => property === builtInNames.error);
        expect(error?.explanation ?? "").toContain(shows ?? "");
      });
  });
