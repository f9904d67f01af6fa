/** The scenario that a command about schedules is asked for: a strategy, a size, faults and limits. */
import type { Command } from "commander";
import { faultNames } from "../core/fault.js";
import { strategyIds } from "../course/catalog.js";
import { faults, limitNames, limits, sizes } from "./options.js";
import type { Out } from "./out.js";
import { counted } from "./words.js";

/** The options that every command about schedules has. */
export const withScenario = (command: Command): Command =>
  command
    .option("--strategy <id>", `how the work is protected: ${strategyIds().join(", ")}`, "none")
    .option("--size <name=n,...>", "how many of everything, as in tasks=4", sizes)
    .option("--limit <name=n,...>", `where to give up: ${limitNames.join(", ")}`, limits)
    .option("--faults <name=n,...>", `what may go wrong, and how often: ${faultNames.join(", ")}`, faults);

/** "3 tasks, 2 items" */
export const sizeText = (size: Readonly<Record<string, number>>, { say }: Pick<Out, "say">): string =>
  Object.entries(size)
    .map(([name, value]) =>
      say(
        name === "tasks"
          ? counted.tasks(value)
          : { en: `${value} ${value === 1 ? name.replace(/s$/, "") : name}`, ko: `${name} ${value}` },
      ),
    )
    .join(", ");
