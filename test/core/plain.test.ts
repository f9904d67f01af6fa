/** Plain data copied and compared, as the platform and texts do it. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalText } from "../../src/core/canonical-text.js";
import { plainCopy } from "../../src/core/plain-copy.js";
import { isSamePlain } from "../../src/core/same-plain.js";

const values = fc.jsonValue({ maxDepth: 4 }) as fc.Arbitrary<unknown>;

it("a plain copy is what the platform's clone is, and shares nothing with what it is a copy of", () => {
  fc.assert(
    fc.property(values, (value) => {
      const copy = plainCopy(value);
      expect(copy).toEqual(structuredClone(value));
      if (typeof value === "object" && value !== null) expect(copy).not.toBe(value);
    }),
  );
  const odd = { date: new Date(0), map: new Map([[1, { a: 1 }]]), absent: undefined, [`__proto__`]: 1 };
  expect(plainCopy(odd)).toEqual(structuredClone(odd));
  expect(plainCopy(JSON.parse('{ "__proto__": { "a": 1 } }'))).toEqual(JSON.parse('{ "__proto__": { "a": 1 } }'));
});

it("a plain copy of what leads back to itself does so too, and a function cannot be copied", () => {
  const loop: Record<string, unknown> = {};
  loop["self"] = loop;
  let at = plainCopy(loop);
  for (let i = 0; i < 100; i++) at = at["self"] as typeof loop;
  expect(Object.keys(at)).toEqual(["self"]);
  expect(() => plainCopy({ call: () => 1 })).toThrow("could not be cloned");
});

it("a plain copy has its own fields, whatever setters all objects have", () => {
  Object.defineProperty(Object.prototype, "forged", { set() {}, configurable: true });
  const copy = plainCopy({ forged: { a: 1 } });
  Reflect.deleteProperty(Object.prototype, "forged");
  expect(copy).toEqual({ forged: { a: 1 } });
});

it("values are the same exactly where they have one canonical text", () => {
  const some = fc.oneof(
    values,
    fc.constantFrom<unknown>({ a: 1, b: undefined }, { a: 1 }, { a: 1, c: 2 }, { b: 2, a: 1 }, { a: 1, b: 2 }, [], {}),
  );
  fc.assert(
    fc.property(some, some, (a, b) => {
      expect(isSamePlain(a, b)).toBe(canonicalText(a) === canonicalText(b));
      expect(isSamePlain(a, structuredClone(a))).toBe(true);
    }),
  );
});
