import { describe, expect, it } from "vitest";
import { clipboard } from "../../src/tui/clipboard.js";
import { editorOf } from "../../src/tui/editor.js";

describe("the editor", () => {
  it.each([
    [{ VISUAL: "nvim", EDITOR: "nano" }, "nvim", ["+4", "/a b.ts"]],
    [{ EDITOR: "/usr/bin/vim -u NONE" }, "/usr/bin/vim -u NONE", ["+4", "/a b.ts"]],
    [{ VISUAL: "code --wait" }, "code --wait", ["--goto", "/a b.ts:4"]],
    [{ VISUAL: "hx" }, "hx", ["/a b.ts:4"]],
    [{ VISUAL: "my-own-editor" }, "my-own-editor", ["/a b.ts"]],
    [{ VISUAL: " ", EDITOR: "" }, "vi", ["+4", "/a b.ts"]],
  ])("%o is told the line as it wants to be told", (env, command, args) => {
    expect(editorOf(env, "/a b.ts", 4, "linux")).toEqual({ command, args });
  });
  it("is told no line where there is none", () => {
    expect(editorOf({}, "/a.ts", null, "linux")).toEqual({ command: "vi", args: ["/a.ts"] });
    expect(editorOf({}, "/a.ts", null, "win32").command).toBe("notepad");
  });
});

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
