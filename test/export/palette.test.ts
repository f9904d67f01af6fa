import { describe, expect, it } from "vitest";
import { contrast, dark, light } from "../../src/report/palette.js";

/** WCAG 2's relative luminance and contrast ratio. */
const luminance = (hex: string): number => {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
};
const ratio = (one: string, other: string): number => {
  const [bright, dim] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright! + 0.05) / (dim! + 0.05);
};

describe.each(Object.entries({ light, dark, contrast }))("the %s palette", (_, palette) => {
  it("has 7:1 or better wherever there are words", () => {
    const words = [palette.ground, palette.band, palette.read, palette.write, palette.lock].map((ground) => [
      palette.ink,
      ground,
    ]);
    const more = [
      [palette.dim, palette.ground],
      [palette.bad, palette.ground],
      [palette.good, palette.ground],
      [palette.onBad, palette.bad],
    ];
    for (const [ink, ground] of [...words, ...more])
      expect(ratio(ink!, ground!), `${ink} on ${ground}`).toBeGreaterThanOrEqual(7);
  });
  it("has 3:1 or better for every edge and line", () => {
    for (const edge of [palette.readEdge, palette.writeEdge, palette.lockEdge, palette.bad])
      expect(ratio(edge, palette.ground), edge).toBeGreaterThanOrEqual(3);
  });
});
