/** Refuses a program that names a table or column which nothing in it makes. Asked when every operation has been seen. */
import { TaskError } from "../core/failure.js";
import type { Space } from "./space.js";

export function refuseMisnamed({ machine, automaton }: Space): void {
  if (!machine.unknownIn) return;
  const asked = automaton.nodes.filter(({ operation }) => operation >= 0);
  const operations = asked.map(({ operation }) => automaton.operations.get(operation));
  const found = machine.unknownIn(operations);
  if (!found) return;
  const { program, sites } = asked[operations.indexOf(found.operation)]!;
  const { code, message } = found.fault;
  throw new TaskError(automaton.programs[program]!.name, sites[0] ?? null, `${code} ${message}`);
}
