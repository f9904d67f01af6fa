import { countCompletions } from "../count.js";
import type { Graph } from "../graph.js";
import type { Pace } from "../pace.js";
import { type Scheduler, seeded } from "./scheduler.js";

/**
 * Exactly uniform over schedules: each choice in proportion to the number of schedules that go on from it. It needs the
 * whole graph. It shows typical schedules, and how far from uniform other schedulers are. Null: the time was over before all
 * were counted.
 */
export async function uniform(seed: number, graph: Graph, pace: Pace): Promise<Scheduler | null> {
  const random = seeded(seed);
  const completions = await countCompletions(graph, pace);
  if (!completions) return null;
  return {
    name: "uniform",
    begin() {},
    choose(options, walker) {
      const next = walker.copy();
      const ways = options.map(({ move, position }) => {
        next.who.set(walker.who);
        walker.space.successor(walker.tuple, walker.moves, move, next.tuple, next.who, position);
        return completions(graph.find(next.tuple));
      });
      let pick = random.belowBig(ways.reduce((sum, each) => sum + each, 0n));
      return ways.findIndex((each) => {
        pick -= each;
        return pick < 0n;
      });
    },
  };
}
