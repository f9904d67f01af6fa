/**
 * Histories as one line of text: `1 r stock 100 | 2 r stock 100 | 2 w stock 99 | 1 w stock 99`.
 *
 * Each part is `<task> <verb> …`; a row has one column, `value`, unless it is written `a=1,b=2`; `-` is no
 * row. A question mark before a write's value says that it was refused: `1 cas stock 1 ?99`.
 *
 *     r, rv, rfu <key> <row>      read, read with its version, read for update
 *     w <key> <row>               write          del <key>          delete
 *     ins <key> <row>             insert         cas <key> <version> <row>
 *     begin [rr|ser] · commit · rollback · lock <name> · unlock <name>
 *     call <service> <request> <reply>
 *     err <code> <part>           the operation failed
 *     wait <part>                 it was blocked since before the previous event
 *
 * Anything else is given as an event of its own: `history(before, "…", { operation, reply, task })`.
 */

import { rowsAfter } from "../../src/checkers/versions.js";
import type { FailureCode } from "../../src/core/failure.js";
import type { Event, History } from "../../src/core/history.js";
import type { Isolation, Json, Operation, Reply, Row, Rows } from "../../src/core/operation.js";
import type { Outcome } from "../../src/core/work.js";

type Part = Pick<Event, "task" | "operation" | "reply"> & { readonly waited?: boolean };

export type Line = string | readonly (string | Part)[];

/** The history that the text describes, from these rows; `outcomes` are all "ok" unless given. */
export function history(
  before: { [key: string]: string | number },
  line: Line,
  outcomes?: readonly (Outcome | undefined)[],
): History {
  const parts = (typeof line === "string" ? [line] : line).flatMap((part) =>
    typeof part === "string" ? part.split("|").map((one) => parse(one.trim().split(/\s+/))) : [part],
  );
  const events = parts.map(
    ({ waited = false, ...part }, index): Event => ({
      n: index + 1,
      ...part,
      asked: waited ? Math.max(0, index - 1) : index,
      waited,
    }),
  );
  const rows: Rows = Object.fromEntries(Object.entries(before).map(([key, text]) => [key, rowOf(String(text))!]));
  const tasks = Math.max(0, ...events.map(({ task }) => task));
  const open: History = {
    before: rows,
    events,
    outcomes: outcomes ?? Array.from({ length: tasks }, () => ({ status: "ok" as const })),
    after: rows,
  };
  return { ...open, after: rowsAfter(open).at(-1)! };
}

function parse([task, verb, ...rest]: string[]): Part {
  if (verb === "wait") return { ...parse([task!, ...rest]), waited: true };
  if (verb === "err") return { ...parse([task!, ...rest.slice(1)]), reply: { error: rest[0] as FailureCode } };
  const [operation, value] = meaning(verb!, rest);
  return { task: Number(task), operation, reply: { value } as Reply };
}

function meaning(verb: string, [a = "", b = "", c = ""]: string[]): [Operation, Json] {
  switch (verb) {
    case "r":
      return [{ kind: "read", key: a }, rowOf(b)];
    case "rv":
      return [{ kind: "read-versioned", key: a }, rowOf(b) && { row: rowOf(b), version: Number(c || 0) }];
    case "rfu":
      return [{ kind: "select-for-update", key: a }, rowOf(b)];
    case "w":
      return [{ kind: "write", key: a, row: rowOf(b)! }, null];
    case "del":
      return [{ kind: "delete", key: a }, 1];
    case "ins":
      return [{ kind: "insert", key: a, row: rowOf(b.replace("?", ""))! }, !b.startsWith("?")];
    case "cas":
      return [{ kind: "compare-and-set", key: a, version: Number(b), row: rowOf(c.replace("?", ""))! }, !c.startsWith("?")];
    case "begin": {
      const level: { [short: string]: Isolation } = { rr: "repeatable read", ser: "serializable" };
      return [{ kind: "begin", isolation: level[a] ?? "read committed" }, null];
    }
    case "commit":
      return [{ kind: "commit" }, "commit"];
    case "rollback":
      return [{ kind: "rollback" }, null];
    case "lock":
      return [{ kind: "acquire", lock: a, scope: "shared" }, true];
    case "unlock":
      return [{ kind: "release", lock: a, scope: "shared" }, true];
    case "call":
      return [{ kind: "call", service: a, request: b }, c || "ok"];
    default:
      throw new Error(`no such verb: ${verb}`);
  }
}

export function rowOf(text: string): Row | null {
  if (text === "-") return null;
  if (!text.includes("=")) return { value: scalar(text) };
  return Object.fromEntries(text.split(",").map((pair) => [pair.split("=")[0]!, scalar(pair.split("=")[1]!)]));
}

const scalar = (text: string): Json => (Number.isNaN(Number(text)) ? text : Number(text));

/** Any operation that the notation has no word for. */
export const event = (task: number, operation: Operation, value: Json): Part => ({ task, operation, reply: { value } });
