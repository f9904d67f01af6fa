/**
 * Touching what is not finished. *Dirty write* (P0, G0): a row that another's open transaction has changed is
 * written over; outside transactions, two requests write two rows and each row ends with another's. *Dirty
 * read* (P1): what is read is not committed yet; if it is rolled back, *aborted read* (G1a); if its writer
 * replaces it before the commit, *intermediate read* (G1b). (Berenson et al. 1995, §3; Adya 1999, §4.2.)
 *
 *     request 1   begin  W paid ─────────────── rollback
 *     request 2                  R paid  W sent              sent, and nobody has paid
 *
 * Outside transactions no read is dirty: there every write is published on purpose.
 */

import type { Key } from "../core/operation.js";
import type { Violation } from "../core/verdict.js";
import { type Dependency, dependencies } from "./dependencies.js";
import type { Trace, Unit, Version } from "./versions.js";
import type { Wording } from "./wording.js";

/** The event after which a unit is over; for ever, if it never ended. */
const end = (unit: Unit): number => (unit.fate === "open" ? Number.POSITIVE_INFINITY : unit.steps.at(-1)!.event.n);

export function dirtyRead(trace: Trace, words: Wording): Violation[] {
  return trace.steps.flatMap(({ event, unit, reads }) =>
    reads.flatMap(({ version }): Violation[] => {
      const writer = version.unit;
      if (!writer?.transaction || writer === unit || (version.installed ?? Number.POSITIVE_INFINITY) < event.n) return [];
      const [a, b] = [words.Task(event.task), words.task(version.by)];
      const late = `at step ${end(writer)}`;
      const [anomaly, result] =
        writer.fate === "rolled back"
          ? ["aborted read", `${b} rolled back ${late}: ${words.task(event.task)} holds what never was.`]
          : writer.fate === "committed" && version.installed === null
            ? ["intermediate read", `${b} replaced it before it committed ${late}: nobody was ever meant to see it.`]
            : ["dirty read", `${b} had not committed${writer.fate === "open" ? "" : `; it did ${late}`}.`];
      return [
        {
          property: "only what is committed is read",
          anomaly,
          schedule: null,
          tasks: [event.task, version.by],
          events: [version.n, event.n, ...(writer.fate === "open" ? [] : [end(writer)])].sort((x, y) => x - y),
          explanation: `${a} read ${words.row(version)} at step ${event.n}, which ${b} had written at step ${version.n}. But ${result}`,
        },
      ];
    }),
  );
}

export function dirtyWrite(trace: Trace, words: Wording): Violation[] {
  const open = new Map<Key, Version>();
  const over = trace.steps.flatMap(({ writes, unit }) =>
    writes.flatMap((version): Violation[] => {
      const below = open.get(version.key);
      if (unit.transaction) open.set(version.key, version);
      if (!below?.unit || below.unit === unit || end(below.unit) < version.n) return [];
      return [
        {
          property: "what is not committed is not written over",
          anomaly: "dirty write",
          schedule: null,
          tasks: [version.by, below.by],
          events: [below.n, version.n],
          explanation:
            `${words.Task(below.by)} wrote ${words.row(below)} at step ${below.n} and had not committed when ` +
            `${words.task(version.by)} wrote ${words.value(version)} over it at step ${version.n}: whichever ends last, a rollback of one undoes the other.`,
        },
      ];
    }),
  );
  return [...over, ...crossed(trace, words)];
}

/** Two requests, two rows, and each row keeps another one's value. */
function crossed(trace: Trace, words: Wording): Violation[] {
  const edges = dependencies(trace).filter(({ kind, from, to }) => kind === "ww" && from.task !== to.task);
  const after = new Map<Unit, Dependency[]>();
  for (const edge of edges) after.set(edge.from, [...(after.get(edge.from) ?? []), edge]);
  return edges.flatMap((one): Violation[] => {
    const other = after.get(one.to)?.find((edge) => edge.to === one.from && edge.key !== one.key);
    if (!other || other.events[0] < one.events[0]) return [];
    const [a, b] = [one.from.task, one.to.task];
    return [
      {
        property: "rows that are written together stay together",
        anomaly: "dirty write",
        schedule: null,
        tasks: [a, b],
        events: [...one.events, ...other.events].sort((x, y) => x - y),
        explanation:
          `${words.Task(b)} wrote ${words.key(one.key)} over ${words.task(a)}'s at step ${one.events[1]}; ${words.task(a)} wrote ` +
          `${words.key(other.key)} over ${words.task(b)}'s at step ${other.events[1]}: the rows hold half of each.`,
      },
    ];
  });
}
