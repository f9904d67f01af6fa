/**
 * The end of one schedule, judged with the moment of each rejection (`rule.ts`): for those who follow schedules one by one, in
 * a space that does not tell rejections apart.
 */
import { builtInNames } from "../core/exploration.js";
import type { Schedule } from "../core/schedule.js";
import { type Ending, Endings, judgeOf } from "./ends.js";
import { type ExplorerInput, prepare } from "./options.js";
import { Rule } from "./rule.js";
import type { Space } from "./space.js";
import { Walker } from "./walk.js";

const wrongful = builtInNames["wrongful rejection"];

export class Moments {
  #judged: Promise<{ readonly space: Space; readonly endings: Endings }> | null = null;

  constructor(readonly options: ExplorerInput) {}

  /** A space that tells rejections apart, made when it is first needed. */
  judged(): Promise<{ readonly space: Space; readonly endings: Endings }> {
    this.#judged ??= this.#prepare();
    return this.#judged;
  }

  /** The end of this schedule; `ending` is what it is called without a look at the moments. */
  async at(ending: Ending, schedule: Schedule): Promise<Ending> {
    if (!ending.breaks.has(wrongful)) return ending;
    const { space, endings } = await this.judged();
    const walker = new Walker(space);
    await walker.follow(schedule);
    return endings.of(walker.tuple, !space.allEnded(walker.tuple));
  }

  async #prepare() {
    const rule = new Rule(this.options.model, this.options.drain);
    const space = await prepare(this.options, { symmetry: false, rule });
    return { space, endings: new Endings(space, judgeOf(this.options)) };
  }
}
