/** Readers of what a person types after an option. Each mistake is one sentence. */
import { InvalidArgumentError } from "commander";
import { faultNames } from "../core/fault.js";
import { sizeFault } from "../core/scenario-at.js";

/** A whole number between two others, both included. */
export const integer = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < least || value > most)
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  return value;
};

/** What is wrong with the value of a name; null: nothing. */
type Fault = (name: string, value: number) => string | null;

/** `tasks=4,items=2`: whole numbers by name. Null: any name may be given, not only some. */
const pairs = (names: readonly string[] | null, fault: Fault) => (text: string) =>
  Object.fromEntries(
    text.split(",").map((pair) => {
      const [, name, digits] = /^\s*([a-z][A-Za-z-]*)=(\d+)\s*$/.exec(pair) ?? [];
      if (!name || !digits) throw new InvalidArgumentError(`"${pair}" is not name=number, as in ${names?.[0] ?? "tasks"}=4.`);
      if (names && !names.includes(name)) throw new InvalidArgumentError(`"${name}" is not one of ${names.join(", ")}.`);
      const wrong = fault(name, Number(digits));
      if (wrong) throw new InvalidArgumentError(`${wrong}.`);
      return [name, Number(digits)];
    }),
  );

const atMost =
  (most: number): Fault =>
  (name, value) =>
    value > most ? `${name}: at most ${most}` : null;

/** A size of a lesson. */
export const sizes = pairs(null, sizeFault);
/** Which faults may happen, and how often. */
export const faults = pairs(faultNames, atMost(100));
export const limitNames = ["states", "seconds", "steps", "bytes", "runs"] as const;
/** Where a search gives up. */
export const limits = pairs(limitNames, atMost(Number.MAX_SAFE_INTEGER));

/** The size of a lesson for real threads. They have one task for each request, and `--requests` says how many. */
export function sizeBesidesTasks(text: string): Readonly<Record<string, number>> {
  const size = pairs(null, (name, value) => (name === "tasks" ? null : sizeFault(name, value)))(text);
  if ("tasks" in size) throw new InvalidArgumentError(`Real threads have requests, not tasks: use --requests ${size["tasks"]}.`);
  return size;
}
