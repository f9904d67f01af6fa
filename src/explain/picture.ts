/** The columns of a played schedule: one for each choice, with crashes and waits, and a mark where a property breaks. */
import { notes } from "../checkers/notes.js";
import { taskOf } from "../core/schedule.js";
import type { Step } from "../report/trace.js";
import type { ExplorerInput, Prospects, Stepper } from "../simulator/index.js";
import { breakingSteps } from "./explain.js";

/** Without a tally: the code of an engineer has none. `prospects`: of this schedule; null: not known. */
export function playedColumns(
  options: Pick<ExplorerInput, "properties">,
  stepper: Stepper,
  prospects: Prospects | null,
): readonly Step[] {
  const { history, schedule } = stepper;
  const here = schedule.length;
  const noted = notes(history);
  const breaks = breakingSteps(options, stepper, prospects);
  const columns = schedule.map((choice, i): Step => {
    const { event, tasks } = stepper.goTo(i + 1);
    const waiting = tasks.flatMap(({ status, task }) => (status === "blocked" ? task : []));
    const broken = breaks.get(i + 1);
    return {
      n: i + 1,
      task: taskOf(choice),
      event,
      note: (event && noted[event.n - 1]) ?? {},
      hidden: 0,
      actual: 0,
      expected: 0,
      done: 0,
      waiting,
      ...(broken && { breaks: broken }),
      ...(!event && { other: typeof choice === "object" ? choice.event : "waits" }),
    };
  });
  stepper.goTo(here);
  return columns;
}
