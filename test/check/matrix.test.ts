import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { intoPage, type Matrix, markdownMatrix, textMatrix } from "../../src/report/matrix.js";
import { racelab } from "../program.js";

const answer = ({ rows, strategies, cells }: Matrix, row: string, strategy: string) =>
  cells[rows.indexOf(row)]![strategies.indexOf(strategy)];

test("the tables in the README are what the explorer computes today", async () => {
  const page = readFileSync("README.md", "utf8");
  const folder = mkdtempSync(join(tmpdir(), "racelab-matrix-"));
  const computed = join(folder, "README.md");
  // Without its tables: whatever is in them afterwards has been computed.
  writeFileSync(computed, intoPage(page, [])!);
  const { stdout } = await racelab(["check", "--matrix", "--into", computed, "--json"]);
  expect(page, "run: npm start -- check --matrix --into README.md").toBe(readFileSync(computed, "utf8"));
  rmSync(folder, { recursive: true });

  const [anomalies, lessons] = (JSON.parse(stdout) as { matrices: [Matrix, Matrix] }).matrices;
  for (const { cells } of [anomalies, lessons]) expect(cells.flat().map(({ is }) => is)).not.toContain("inconclusive");
  // A crash asks whether a row says so; a restart, whether the effect happens once. One strategy can do the one and not the other.
  for (const lesson of ["double-payment", "double-top-up", "three-lines-of-defence", "saga", "order-flow"])
    expect(lessons.rows).toEqual(expect.arrayContaining([`${lesson}, after a crash`, `${lesson}, after a restart`]));
  expect(answer(lessons, "double-payment, after a crash", "idempotency")).toEqual({ is: "holds" });
  expect(answer(lessons, "double-payment, after a crash", "row-lock")).toEqual({
    is: "breaks",
    property: "every charge is on record: paid or pending",
  });
  expect(answer(lessons, "order-flow, after a crash", "saga")).toEqual({ is: "holds" });
  expect(answer(anomalies, "lost update", "none")).toEqual({ is: "breaks", property: "no lost update" });
  expect(answer(anomalies, "late holder of a lease", "lease-lock")).toMatchObject({ is: "breaks", under: "expire" });
  expect(answer(anomalies, "late holder of a lease", "fenced-lease")).toEqual({ is: "holds" });
  expect(answer(anomalies, "lost update", "mutex")).toEqual({ is: "holds" });
  expect(answer(anomalies, "lost update, two servers", "mutex")).toMatchObject({ is: "breaks" });
  expect(answer(anomalies, "late owner of a message", "single-writer")).toMatchObject({ is: "breaks", under: "redeliver" });
  expect(answer(anomalies, "fuzzy read", "atomic-update"), "its reader fits in no statement").toEqual({ is: "does not apply" });
  expect(answer(anomalies, "double effect", "serializable")).toMatchObject({ is: "breaks" });
  for (const [i, row] of anomalies.rows.entries())
    expect(
      anomalies.cells[i]!.map(({ is }) => is),
      `${row} is prevented by one strategy and not by another`,
    ).toEqual(expect.arrayContaining(["holds", "breaks"]));
}, 300_000);

test("a row that asks for a fault says so in both languages", () => {
  const matrix: Matrix = {
    of: "lesson",
    rows: ["saga, after a crash", "saga, after a restart"],
    strategies: ["saga"],
    cells: [[{ is: "holds" }], [{ is: "holds" }]],
  };
  expect(textMatrix(matrix, "en").map(({ row }) => row)).toEqual(["saga, after a crash", "saga, after a restart"]);
  expect(textMatrix(matrix, "ko").map(({ row }) => row)).toEqual(["saga, 크래시 뒤", "saga, 다시 시작한 뒤"]);
});

test("a page without a place for the tables is left alone", () => {
  expect(intoPage("# nothing here", [])).toBeNull();
});

test("a cell that breaks only under a fault names it, in markdown and in words", () => {
  const matrix: Matrix = {
    of: "lesson",
    rows: ["saga"],
    strategies: ["none", "saga"],
    cells: [[{ is: "breaks", property: "p", under: "crash" }, { is: "holds" }]],
  };
  expect(markdownMatrix(matrix)).toBe("| lesson | `none` | `saga` |\n| --- | :-: | :-: |\n| saga | ✗ crash | ✓ |");
  expect(textMatrix(matrix, "en")).toEqual([
    {
      row: "saga",
      answers: [
        ["holds", "saga"],
        ["breaks under crash", "none"],
      ],
    },
  ]);
  expect(textMatrix(matrix, "ko")).toEqual([
    {
      row: "saga",
      answers: [
        ["지켜짐", "saga"],
        ["깨짐: crash", "none"],
      ],
    },
  ]);
});
