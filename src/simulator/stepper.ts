/** One execution in which a person chooses each step. Every position is kept, so undo and redo cost nothing. */

import { canonicalText } from "../core/canonical-text.js";
import type { Event, History } from "../core/history.js";
import {
  type Choice,
  formatChoice,
  formatSchedule,
  parseSchedule,
  type Schedule,
  ScheduleError,
  taskOf,
} from "../core/schedule.js";
import { type ExplorerInput, prepare } from "./options.js";
import { eventOf, placed } from "./record.js";
import type { Space } from "./space.js";
import { type Position, taskStatusOf } from "./views.js";
import { Walker } from "./walk.js";

interface Kept {
  readonly walker: Walker;
  readonly position: Position;
  /** By task: the event since which it waits; -1: it does not wait. */
  readonly waitingSince: readonly number[];
  readonly events: readonly Event[];
}

/** One execution under way; `stepThrough` makes one. A position has the rows, the tasks and the possible choices. */
export class Stepper {
  readonly #space: Space;
  #trail: Kept[];
  #at = 0;

  private constructor(space: Space, first: Kept) {
    this.#space = space;
    this.#trail = [first];
  }

  /** Symmetry is off: identical tasks are told apart. */
  static async of(options: ExplorerInput): Promise<Stepper> {
    const space = await prepare(options, { symmetry: false });
    const walker = new Walker(space);
    const nobody = Array.from({ length: space.tasks }, () => -1);
    return new Stepper(space, await keep(walker, null, null, nobody, []));
  }

  get position(): Position {
    return this.#here.position;
  }

  get schedule(): Schedule {
    return this.#trail.slice(1, this.#at + 1).map(({ position }) => position.choice!);
  }

  /** The schedule so far, as text. */
  get text(): string {
    return formatSchedule(this.schedule);
  }

  /** The history up to the current position. */
  get history(): History {
    const { events, position } = this.#here;
    const outcomes = position.tasks.map(({ outcome }) => outcome ?? undefined);
    return { before: this.#trail[0]!.position.rows, events, outcomes, after: position.rows, ...placed(this.#space) };
  }

  /** Makes a choice; another choice than the one undone drops what was undone. Rejects with a `ScheduleError`. */
  async choose(choice: Choice): Promise<Position> {
    const text = formatChoice(choice);
    const ahead = this.#trail[this.#at + 1]?.position.choice;
    if (ahead !== null && ahead !== undefined && formatChoice(ahead) === text) return this.redo();
    const { walker, waitingSince, events } = this.#here;
    const next = walker.copy();
    const option = (await next.options()).find((option) => formatChoice(option.choice) === text);
    if (!option) throw new ScheduleError(this.#whyNot(choice));
    const waited = typeof choice === "number" ? waitingSince[choice - 1]! : -1;
    const event = eventOf(next, option, events.length + 1, waited >= 0, waited >= 0 ? waited : events.length);
    next.take(option);
    this.#trail.length = ++this.#at;
    this.#trail.push(await keep(next, choice, event, waitingSince, event ? [...events, event] : events));
    return this.position;
  }

  undo(): Position {
    this.#at = Math.max(0, this.#at - 1);
    return this.position;
  }

  redo(): Position {
    this.#at = Math.min(this.#trail.length - 1, this.#at + 1);
    return this.position;
  }

  /** Goes to the position after `steps` of the choices made so far. */
  goTo(steps: number): Position {
    this.#at = Math.max(0, Math.min(this.#trail.length - 1, steps));
    return this.position;
  }

  /** Starts again and makes every choice of `schedule`. Rejects with a `ScheduleError` that names the step. */
  async replay(schedule: string | Schedule): Promise<Position> {
    this.#at = 0;
    for (const [i, choice] of (typeof schedule === "string" ? parseSchedule(schedule) : schedule).entries())
      try {
        await this.choose(choice);
      } catch (error) {
        throw error instanceof ScheduleError ? new ScheduleError(`step ${i + 1}: ${error.message}`) : error;
      }
    return this.position;
  }

  /** Follows a recorded execution, operation by operation. Rejects with a `ScheduleError` where the model does another. */
  async follow(history: History): Promise<Position> {
    this.#at = 0;
    for (const event of history.events) {
      const view = this.position.tasks[event.task - 1];
      const where = `event ${event.n} (task ${event.task}, ${event.operation.kind})`;
      if (!view) throw new ScheduleError(`${where}: the model has ${this.#space.tasks} tasks only`);
      if (view.operation === null || canonicalText(view.operation) !== canonicalText(event.operation))
        throw new ScheduleError(
          `${where}: in the model this task would do ${view.operation ? canonicalText(view.operation) : "nothing any more"}, ` +
            `but ${canonicalText(event.operation)} was recorded`,
        );
      await this.#until(event, where);
    }
    return this.position;
  }

  /** Makes the choices that answer the task's operation: one, or two where beginning to wait is a step too. */
  async #until(event: Event, where: string): Promise<void> {
    for (;;) {
      const { choices, tasks } = this.position;
      const choice = choices.find((choice) => choice === event.task) ?? choices.find((choice) => matches(choice, event));
      if (choice === undefined) {
        const by = tasks[event.task - 1]!.blockedBy;
        throw new ScheduleError(
          `${where}: in the model it would have to wait${by.length ? ` for task ${by.join(" and ")}` : ""}`,
        );
      }
      const { event: done } = await this.choose(choice);
      if (!done) continue;
      if (canonicalText(done.reply) === canonicalText(event.reply)) return;
      throw new ScheduleError(
        `${where}: the model answers ${canonicalText(done.reply)}, but ${canonicalText(event.reply)} was recorded`,
      );
    }
  }

  get #here(): Kept {
    return this.#trail[this.#at]!;
  }

  #whyNot(choice: Choice): string {
    const text = formatChoice(choice);
    const { tasks, choices } = this.position;
    const rest = choices.length ? `can go on: ${choices.map(formatChoice).join(" ")}` : "nobody can go on";
    const view = typeof choice === "number" ? tasks[choice - 1] : undefined;
    if (typeof choice === "number" && !view) return `there is no task ${text}, only ${tasks.length}; ${rest}`;
    const { beyondModel: beyond } = this.position;
    if (beyond !== null) return `the model does not know what the server would do here: ${beyond}`;
    if (view?.status === "ended") return `task ${text} has ended; ${rest}`;
    if (view?.status === "blocked")
      return `task ${text} has to wait${view.blockedBy.length ? ` for task ${view.blockedBy.join(" and ")}` : ""}; ${rest}`;
    return `${text} cannot happen here; ${rest}`;
  }
}

/** Does this choice of the environment answer the operation as recorded (the same option, a lost reply)? */
function matches(choice: Choice, { task, operation, reply }: Event): boolean {
  if (typeof choice === "number" || choice.task !== task) return false;
  if (choice.event === "lost-reply") return "error" in reply;
  return operation.kind === "choose" && "value" in reply && operation.options[choice.option! - 1] === reply.value;
}

async function keep(
  walker: Walker,
  choice: Choice | null,
  event: Event | null,
  waitedSince: readonly number[],
  events: readonly Event[],
): Promise<Kept> {
  const options = await walker.options();
  const steps = options.filter(({ move }) => walker.space.steps.isStep(walker.moves.tag[move]!));
  const ready = new Set(steps.map(({ choice }) => taskOf(choice)));
  const tasks = Array.from({ length: walker.space.tasks }, (_, i) => taskStatusOf(walker, i + 1, ready.has(i + 1)));
  const waitingSince = tasks.map(({ status, task }, i) => {
    if (status !== "blocked") return event?.task === task || status === "ended" ? -1 : waitedSince[i]!;
    return waitedSince[i]! >= 0 ? waitedSince[i]! : events.length;
  });
  const choices = options.map(({ choice }) => choice);
  const rows = walker.space.rows(walker.tuple);
  const beyondModel = walker.space.beyondModel(walker.tuple)[0] ?? null;
  const over = choices.length === 0 && beyondModel === null;
  return { walker, events, waitingSince, position: { choice, event, rows, tasks, choices, over, beyondModel } };
}
