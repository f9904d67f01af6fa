import type { Breach } from "../core/exploration.js";
import type { Graph } from "./graph.js";
import type { Goal } from "./search.js";

export function findLivelock(_graph: Graph): { breach: Pick<Breach, "property" | "kind" | "explanation">; goal: Goal } | null {
  return null;
}
