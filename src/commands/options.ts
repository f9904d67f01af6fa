/** Readers of what a person types after an option. Each mistake is one sentence. */
import { InvalidArgumentError } from "commander";

/** A whole number between two others, both included. */
export const integer = (least: number, most: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < least || value > most)
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  return value;
};

/** `tasks=4,items=2`: whole numbers by name. Null: any name may be given, not only some. */
export const pairs = (names: readonly string[] | null) => (text: string) =>
  Object.fromEntries(
    text.split(",").map((pair) => {
      const [, name, digits] = /^\s*([a-z][A-Za-z-]*)=(\d+)\s*$/.exec(pair) ?? [];
      if (!name || !digits) throw new InvalidArgumentError(`"${pair}" is not name=number, as in ${names?.[0] ?? "tasks"}=4.`);
      if (names && !names.includes(name)) throw new InvalidArgumentError(`"${name}" is not one of ${names.join(", ")}.`);
      return [name, Number(digits)];
    }),
  );

/** The size of a lesson for real threads. They have one task for each request, and `--requests` says how many. */
export function sizeBesidesTasks(text: string): Readonly<Record<string, number>> {
  const size = pairs(null)(text);
  if ("tasks" in size) throw new InvalidArgumentError(`Real threads have requests, not tasks: use --requests ${size["tasks"]}.`);
  return size;
}
