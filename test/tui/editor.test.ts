import { describe, expect, it } from "vitest";
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
