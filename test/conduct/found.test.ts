/** What random programs found (random-many.ts), made small, with the steps that PostgreSQL 15.20 took. No server is needed. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { said } from "../../src/conduct/fidelity.js";
import { canonicalText } from "../../src/core/canonical-text.js";
import type { Operation } from "../../src/core/operation.js";
import { type ModelTrace, prepare, tracesOf } from "../../src/simulator/index.js";
import { subjectOf } from "./random.js";

interface Found {
  readonly id: string;
  readonly order: string;
  readonly tasks: readonly (readonly Operation[])[];
  readonly steps: readonly string[];
  readonly rows: readonly string[];
}

const cases: readonly Found[] = JSON.parse(readFileSync(join(import.meta.dirname, "found.json"), "utf8"));
const told = ({ steps, rows }: ModelTrace) => ({
  steps: steps.map((step) => `${step.task} ${said(step, "en")}`),
  rows: Object.entries(rows)
    .sort()
    .map(([key, row]) => `${key} ${canonicalText(row)}`),
});

describe("locks on rows that change meanwhile, as PostgreSQL 15.20 takes them", () => {
  for (const { id, order, tasks, steps, rows } of cases)
    it(id, async () => {
      const { options } = subjectOf({ tasks, picks: [] });
      const traces = await tracesOf(await prepare(options, { symmetry: false }), [...order].map(Number));
      expect(traces.map(told)).toContainEqual({ steps, rows });
    });
});
