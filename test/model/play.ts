import type { Renaming } from "../../src/core/machine.js";
import type { Operation, Reply } from "../../src/core/operation.js";
import type { Line, model, Shared, Stored } from "../../src/model/model.js";

type Names = Renaming<Stored, Line>;

/** The store as a step left it: only a search keeps codes. */
export function asValue(shared: Stored): Shared {
  if (typeof shared === "string") throw new TypeError("this store is kept as a code");
  return shared;
}

/**
 * Plays programs; `picks` choose the next session among those that may be able to go on. Renames after each step, and tells
 * `renamed` of it, with the store that the step left (null: the one it found, which is a code); null: never.
 */
export function play(
  machine: ReturnType<typeof model>,
  programs: readonly (readonly Operation[])[],
  picks: readonly number[],
  renamed: ((names: Names, lines: readonly Line[], step: Shared | null) => void) | null,
) {
  let { shared } = machine;
  let lines: readonly Line[] = programs.map(() => machine.line);
  const left = programs.map((program) => [...program]);
  const said: [number, Reply][] = [];
  const asleep = new Set<number>();
  for (let i = 0; ; i++) {
    const awake = [...left.keys()].filter((task) => left[task]?.length && !asleep.has(task));
    if (awake.length === 0) break;
    const task = awake[(picks[i % picks.length] ?? 0) % awake.length] as number;
    const line = lines[task] as Line;
    const step = machine.apply(shared, line, left[task]?.[0] as Operation);
    if (step.reply) {
      said.push([task, step.reply]);
      left[task]?.shift();
    }
    if (step.reply || step.shared !== shared || step.line !== line) asleep.clear();
    else asleep.add(task);
    lines = lines.with(task, step.line);
    ({ shared } = step);
    const names = renamed && machine.renaming?.(shared);
    if (!names) continue;
    renamed(names, lines, typeof shared === "string" ? null : shared);
    [shared, lines] = [names.shared, lines.map((line) => names.line(line))];
  }
  const stuck = [...left.keys()].filter((task) => left[task]?.length);
  const blockers = stuck.map((task) =>
    lines.findIndex(
      (holder, other) => other !== task && machine.blocks(shared, holder, lines[task] as Line, left[task]?.[0] as Operation),
    ),
  );
  return { said, rows: machine.rows(shared), shared, stuck, blockers };
}
