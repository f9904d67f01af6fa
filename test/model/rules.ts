import type { Operation, Reply, Rows } from "../../src/core/operation.js";
import type { Tables } from "../../src/core/table.js";
import { type Line, model } from "../../src/model/model.js";

/** A store and named sessions, one step at a time; `undefined` is blocked. The state is renumbered after every step. */
export function stage(rows: Rows, tables: Tables = {}) {
  const machine = model(rows, tables);
  const sessions: { [name: string]: Line } = {};
  let { shared } = machine;
  return {
    machine,
    /** Does one step. A blocked one is done again with the same operation. */
    does(name: string, operation: Operation): Reply | undefined {
      const step = machine.apply(shared, sessions[name] ?? machine.line, operation);
      sessions[name] = step.line;
      const names = machine.renaming?.(step.shared);
      shared = names?.shared ?? step.shared;
      if (names) for (const [name, line] of Object.entries(sessions)) sessions[name] = names.line(line);
      return step.reply;
    },
    /** The session begins on this server. */
    arrives(name: string, server: number): void {
      sessions[name] = machine.lineOn?.(server) ?? machine.line;
    },
    leaves(name: string): void {
      shared = machine.disconnect(shared, sessions[name] as Line);
      delete sessions[name];
    },
    rows: () => machine.rows(shared),
    shared: () => shared,
    line: (name: string) => sessions[name] as Line,
  };
}

export const begin = (isolation: "read committed" | "repeatable read" | "serializable" = "read committed"): Operation => ({
  kind: "begin",
  isolation,
});
export const commit: Operation = { kind: "commit" };
export const rollback: Operation = { kind: "rollback" };
export const value = (value: unknown) => ({ value });
export const error = (error: string) => ({ error });
