/** What the library says of each field case, in every variant, is right. */
import { type Explored, explore } from "racelab";
import { describe, expect, it } from "vitest";
import { cases } from "./cases.js";
import type { Variant } from "./variant.js";

const errorsIn = ({ outcomes }: Explored): readonly string[] =>
  outcomes.flatMap((end) => end.outcomes.flatMap((outcome) => (outcome?.status === "failed" ? outcome.detail : [])));

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
        expect(broken.sort()).toEqual([...breaks].sort());
        expect(errorsIn(found).some((detail) => detail.includes(shows ?? ""))).toBe(shows !== null);
      });
  });
