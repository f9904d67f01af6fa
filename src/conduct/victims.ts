/**
 * Which session gives up where several close a circle at once: each looks for it after deadlock_timeout, by a timer of its own,
 * and the first one to look gives up. So the server may choose another victim than the model, and neither is wrong: one
 * random program, played six times on PostgreSQL 15.20, ended in four ways, of which the model's is one.
 */
import type { Rows } from "../core/operation.js";
import type { ModelStep } from "../simulator/index.js";
import { normal } from "./normal.js";

interface Traced {
  readonly steps: readonly ModelStep[];
  readonly rows: Rows;
}

/**
 * Does nothing differ before a step at which both have victims of a deadlock, and others? Those who had waited until then may
 * have other answers, and what is asked later is another program.
 */
export function differsInVictims(model: Traced, real: Traced): boolean {
  const victims = ({ steps }: Traced) =>
    steps.flatMap(({ task, reply, released, blockedBy }) =>
      reply && "error" in reply && reply.error === "40P01" && blockedBy !== null ? [{ task, released }] : [],
    );
  const [ours, theirs] = [victims(model), victims(real)];
  const at = ours[0]?.released ?? null;
  if (at === null || theirs[0]?.released !== at) return false;
  const until = ({ steps }: Traced) => ({
    rows: {},
    steps: steps.slice(0, at).map((step) => {
      const isOver = step.released !== null && step.released < at;
      return isOver || step.blockedBy === null ? step : { ...step, released: null, reply: null };
    }),
  });
  const waited = model.steps
    .slice(0, at)
    .filter(({ released, blockedBy }) => blockedBy !== null && (released === null || released >= at));
  const names = (list: typeof ours) => list.filter(({ released }) => released === at).map(({ task }) => task);
  return (
    waited.length > 2 && `${names(ours).sort()}` !== `${names(theirs).sort()}` && normal(until(model)) === normal(until(real))
  );
}
