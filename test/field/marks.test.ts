/** The `!` of every picture stands on the step that breaks the property, whatever else goes wrong before or after. */
import { describe, expect, it } from "vitest";
import { explore } from "../../src/api/index.js";
import { cases } from "./cases.js";

describe("the picture of the library", () => {
  /** By file and variant: the step with the `!` of each property. */
  it.each([
    [
      "02-reservation-quantity",
      "read, insert, write",
      { "never more reserved than stocked": 4, "reserved_quantity counts the reservations": 6 },
    ],
    ["08-upsert", "select, then insert or update", { "nobody gets an error": 4 }],
    ["15-json-file", "read, change, write", { "every post is kept": 6 }],
    ["17-version-column", "0 rows is success", { "whoever was told ok has saved": 2 }],
    ["35-foreign-key-deadlock", "an upgrade from FOR KEY SHARE to FOR UPDATE", { "nobody gets an error": 8 }],
  ])(
    "of field case %s, %s: the `!` stands on the step that breaks the property, not on a look before it",
    async (file, name, marks) => {
      const { options } = cases[file]!.find((one) => one.name === name)!;
      const { explained } = await explore(options);
      const own = (options.properties ?? []).map((property) => property.name);
      const found = explained
        .filter(({ property }) => own.includes(property))
        .map(({ property, picture }) => [property, stepOfMark(picture)]);
      expect(Object.fromEntries(found)).toEqual(marks);
    },
  );
});

/** The number above the column with the `!`; 0: there is none. */
function stepOfMark(picture: string): number {
  const [numbers = "", ...lanes] = picture.split("\n");
  const at = Math.max(...lanes.map((lane) => lane.indexOf("!")));
  const steps = [...numbers.matchAll(/\[?(\d+)\]?/g)].filter(({ index }) => index - 1 <= at);
  return at < 0 ? 0 : Number(steps.at(-1)?.[1]);
}
