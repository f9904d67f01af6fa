/**
 * Tasks that end before their first step. They share nothing with anybody, so no schedule can go wrong because of them: a
 * question about such tasks alone is empty, and a strategy under which a task fails so was never tried.
 */
import type { Outcome } from "../core/work.js";
import { type ExplorerInput, prepare } from "./options.js";

interface EndedAtOnce {
  readonly task: number;
  readonly outcome: Outcome;
}

/** The tasks that end before their first step, in every schedule. Runs each program once and explores nothing. */
export async function endedAtOnce(options: ExplorerInput): Promise<readonly EndedAtOnce[]> {
  const { automaton, programAt, taskAt } = await prepare(options);
  const ended = programAt.flatMap((program, p) => {
    const { outcome } = automaton.nodes[automaton.programs[program]!.root]!;
    return outcome ? [{ task: taskAt[p]!, outcome }] : [];
  });
  return ended.sort((a, b) => a.task - b.task);
}
