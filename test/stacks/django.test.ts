/** What the snippets for Django do: Debian's python3-django and python3-psycopg2, on a real PostgreSQL. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { django } from "../../src/stacks/django.js";
import { localServer, whyNot } from "../stores/local-servers.js";

/** Debian's own, whatever else is called python3. */
const python = "/usr/bin/python3";
function whyNoDjango(): string | null {
  try {
    execFileSync(python, ["-c", "import django, psycopg2"], { stdio: "ignore" });
    return null;
  } catch {
    return "python3-django and python3-psycopg2 are not installed";
  }
}
const skipped = whyNoDjango() ?? (await whyNot(localServer));

interface Found {
  readonly answers: readonly unknown[];
  readonly pieces: number;
  readonly done: readonly unknown[];
  readonly events: number;
  readonly states: readonly string[];
  readonly jobs: number;
}

describe.skipIf(skipped !== null)(`Django${skipped === null ? "" : `: ${skipped}`}`, () => {
  let found: { readonly [strategy: string]: Found } = {};
  beforeAll(() => {
    const codes = Object.fromEntries(Object.entries(django).map(([strategy, { code }]) => [strategy, code]));
    const script = fileURLToPath(new URL("shop_on_django.py", import.meta.url));
    const output = execFileSync(python, [script, localServer, `racelab_django_${process.pid}`], {
      input: JSON.stringify(codes),
      encoding: "utf8",
    });
    found = JSON.parse(output);
  });

  it("none takes one", () => expect(found["none"]).toMatchObject({ answers: [true], pieces: 9 }));

  it.each(["mutex", "row-lock", "atomic-update", "serializable"])(
    "%s sells 10 pieces to 10 of 12 who ask at once",
    (strategy) => {
      const { answers, pieces } = found[strategy]!;
      expect([...answers].sort()).toEqual([false, false, ...Array(10).fill(true)]);
      expect(pieces).toBe(0);
    },
  );

  it("cas sells as many pieces as it says", () => {
    const { answers, pieces } = found["cas"]!;
    expect(pieces).toBe(10 - answers.filter((answer) => answer === true).length);
    expect(answers.filter((answer) => typeof answer === "string" && !answer.startsWith("Conflict"))).toEqual([]);
  });

  it("idempotency gives three who repeat one answer", () => {
    const { answers } = found["idempotency"]!;
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^paid/);
  });

  it("outbox publishes each event of a committed effect", () =>
    expect(found["outbox"]).toMatchObject({ pieces: 7, events: 0, done: [{ sold: 1 }, { sold: 1 }, { sold: 1 }] }));

  it("saga lets one of three compensate", () => {
    const { answers, done, states } = found["saga"]!;
    expect([...answers].sort()).toEqual([false, false, true]);
    expect([done, states]).toEqual([[[1, 2]], ["undone"]]);
  });

  it("single-writer handles each job of a key once, in order", () => {
    const { done, jobs } = found["single-writer"]!;
    expect(done).toHaveLength(6);
    expect(done).toEqual([...(done as number[])].sort((a, b) => a - b));
    expect(jobs).toBe(0);
  });
});
