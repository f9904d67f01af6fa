import { describe, expect, it } from "vitest";
import { clipboard } from "../../src/tui/clipboard.js";

describe("the clipboard", () => {
  it("gets the text whole, in one sequence that moves nothing", () => {
    const sequence = clipboard("재고 99\n") ?? "";
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is the sequence
    const [, encoded = ""] = /^\u001b\]52;c;([A-Za-z0-9+/=]*)\u0007$/.exec(sequence) ?? [];
    expect(Buffer.from(encoded, "base64").toString("utf8")).toBe("재고 99\n");
  });
  it("is not asked to take more than terminals do", () => {
    expect(clipboard("x".repeat(56_244))).not.toBeNull();
    expect(clipboard("x".repeat(56_245))).toBeNull();
  });
});
