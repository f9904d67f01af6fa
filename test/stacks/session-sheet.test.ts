import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { session } from "../../src/core/session.js";
import { type Capability, capabilities } from "../../src/core/store.js";
import { type SessionMethod, sessionSheet } from "../../src/stacks/session-sheet.js";
import { openStore } from "../../src/stores/open.js";
import { localMysql, localRedis, localServer } from "../stores/local-servers.js";

const guide = readFileSync(new URL("../../lessons/README.md", import.meta.url), "utf8");

/** A row of the table in lessons/README.md. */
function row({ call, says, sql, needs }: SessionMethod): string {
  const [first] = says.split(". ");
  const shown = sql.map((step) =>
    "sql" in step ? step.sql.map((text) => `\`${text}\``).join("; ") : (step.says as { en: string }).en,
  );
  return `| \`${call}\` | ${first!.replace(/\.$/, "")} | ${shown.join("; ")} | ${needs.join(", ")} |`;
}

describe("the table of the session's methods", () => {
  it("has every method, in both languages", async () => {
    const [english, korean] = await Promise.all([sessionSheet("en"), sessionSheet("ko")]);
    const { perform: _, ...methods } = session(() => new Promise(() => {}));
    expect(english.map(({ name }) => name).sort()).toEqual(Object.keys(methods).sort());
    for (const { says, name } of korean) expect(says, name).toMatch(/[가-힣]/);
    for (const { sql, name } of english) expect(sql, name).not.toEqual([]);
  });

  it("stands in lessons/README.md as it is computed", async () => {
    const [, table] = /<!-- computed[^\n]*-->\n([\s\S]*?)<!-- end of the computed table -->/.exec(guide) ?? [];
    const head = ["| method | what it does | SQL of an example (PostgreSQL) | needs |", "|---|---|---|---|"];
    expect(table?.trim().split("\n")).toEqual([...head, ...(await sessionSheet("en")).map(row)]);
  });

  it("says of each store what it can do", async () => {
    const [header, , ...rows] = guide.slice(guide.indexOf("| needs | `memory:`")).split("\n\n")[0]!.split("\n");
    const cells = (line: string) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim());
    expect(rows.map((line) => cells(line)[0]).sort()).toEqual(Object.keys(capabilities).sort());
    const urls: Record<string, string> = {
      "`memory:`": "memory:",
      "`postgres:`": localServer,
      "`mysql:`": localMysql,
      "`redis:`": localRedis,
    };
    for (const [at, name] of cells(header!).entries()) {
      const url = urls[name];
      const store = url === undefined ? null : await openStore(url).catch(() => null);
      if (!store) continue;
      for (const line of rows) {
        const [needs] = cells(line);
        const told = cells(line)[at];
        if (told !== "if the server has them")
          expect(`${name} ${needs} ${told}`).toBe(
            `${name} ${needs} ${store.capabilities.has(needs as Capability) ? "yes" : "no"}`,
          );
      }
      await store.close();
    }
  });
});
