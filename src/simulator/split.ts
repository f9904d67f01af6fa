/**
 * Cuts a search into independent parts: the states after a few steps, each with one schedule that leads there. Each part is
 * searched without knowledge of the others, so parts may run on several cores, and together they find every end. A trace
 * that passes through two of these states is followed twice.
 */
import { type Choice, formatSchedule, type Schedule } from "../core/schedule.js";
import { type ExplorerInput, prepare } from "./options.js";
import { Walker } from "./walk.js";

/** At least `parts` schedules, unless there are fewer; every schedule reaches the state of one of them. */
export async function split(options: ExplorerInput, parts: number): Promise<readonly Schedule[]> {
  const space = await prepare(options, { symmetry: false });
  let front: { walker: Walker; path: readonly Choice[] }[] = [{ walker: new Walker(space), path: [] }];
  for (let grows = true; grows && front.length < parts; ) {
    grows = false;
    const next = new Map<string, (typeof front)[number]>();
    for (const here of front) {
      const choices = await here.walker.options();
      if (choices.length === 0) next.set(`end ${formatSchedule(here.path)}`, here);
      for (const { choice } of choices) {
        const walker = here.walker.copy();
        await walker.follow([choice]);
        next.set(walker.tuple.join(), { walker, path: [...here.path, choice] });
        grows = true;
      }
    }
    front = [...next.values()];
  }
  return front.map(({ path }) => path);
}
