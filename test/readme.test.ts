import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { racelab } from "./program.js";
import { inProcess, tellingTime } from "./tui/in-process.js";
import { play } from "./tui/play.js";

const page = readFileSync("README.md", "utf8");
const folder = mkdtempSync(join(tmpdir(), "racelab-readme-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the README", () => {
  it.each(["svg", "cast"])("shows a recording that the program writes again, byte for byte: .%s", async (kind) => {
    const made = join(folder, `122331.${kind}`);
    expect((await racelab(["export", "lost-update", "122331", "--to", made])).code).toBe(0);
    expect(readFileSync(made, "utf8")).toBe(readFileSync(`lessons/01-lost-update/122331.${kind}`, "utf8"));
    expect(page).toContain(`lessons/01-lost-update/122331.${kind}`);
  });

  it("quotes what explore prints, word for word", async () => {
    const [, quoted = ""] = /\n\$ racelab explore ([^\n]*\n[\s\S]*?)```/.exec(page) ?? [];
    const [command = "", ...lines] = quoted.split("\n");
    const { stdout } = await racelab(["explore", ...command.split(" ")]);
    expect(stdout).toContain(lines.join("\n").trim());
  });

  it("shows the frame that the program draws", async () => {
    const [, quoted = ""] = /```text\n( racelab > 1 [\s\S]*?)```/.exec(page) ?? [];
    const screen = await play({ columns: 100, rows: 34 }, inProcess(tellingTime()));
    const setting = { lesson: "lost-update", strategy: "none", size: { tasks: 3 } };
    screen.begin(screen.model.lessons[0]!, "interleaving", { setting, schedule: "122331", whole: true });
    await screen.settled();
    await screen.press("home", "right");
    const drawn = screen
      .text()
      .split("\n")
      .map((line) => line.trimEnd());
    expect(quoted.trimEnd().split("\n")).toEqual(drawn.slice(0, drawn.findIndex((line) => line.startsWith("── Why")) + 2));
  });
});
