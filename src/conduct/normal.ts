/** Traces of the model and of a server as texts that can be compared. */
import { canonicalText } from "../core/canonical-text.js";
import type { Operation, Rows } from "../core/operation.js";
import type { ModelStep } from "../simulator/index.js";

export interface ConductedTrace {
  readonly steps: readonly ModelStep[];
  readonly rows: Rows;
}

/** For an operation beside the database, the server says that it waits, but not for which task. */
const isBeside = ({ kind }: Operation): boolean => kind === "acquire" || kind === "receive";

/** Equal traces have one text: versions are numbered as they appear, calls of a service lose their numbers, rows are sorted. */
export function normal({ steps, rows }: ConductedTrace): string {
  const versions = new Map<string, number>();
  const reply = ({ operation, reply }: ModelStep): unknown => {
    if (operation.kind !== "read-versioned" || !reply || "error" in reply || reply.value === null) return reply;
    const { row, version } = reply.value as { row: unknown; version: number };
    const name = `${operation.key} ${version}`;
    if (!versions.has(name)) versions.set(name, versions.size);
    return { row, version: versions.get(name) };
  };
  const told = steps.map((step) => [
    step.task,
    step.operation.kind,
    step.released,
    reply(step),
    isBeside(step.operation) ? step.blockedBy !== null : (step.blockedBy?.toSorted() ?? null),
  ]);
  const effects = Object.entries(rows).map(([key, row]) => canonicalText([key.replace(/^(service\/.*)\/\d+$/, "$1"), row]));
  return canonicalText([told, effects.sort()]);
}
