/** Visits the reachable states, with identical tasks told apart, and makes plain data of them. */
import { formatChoice, parseSchedule, taskOf } from "../core/schedule.js";
import type { MapEnd, MapEvent, MapState, MapTask, StateMap } from "../core/state-map.js";
import { Endings, judgeOf, toldApart } from "./ends.js";
import { Interner } from "./intern.js";
import { type ExplorerInput, prepare } from "./options.js";
import { eventOf } from "./record.js";
import { taskStatusOf } from "./views.js";
import { Walker, type WalkOption } from "./walk.js";

/**
 * The map of all reachable states, if there are at most `most`; otherwise of the states along `schedule`. `place` turns a
 * `file:line` into one that is right for the map's reader.
 */
export async function stateMap(
  options: ExplorerInput,
  schedule: string,
  most: number,
  place: (at: string) => string = (at) => at,
): Promise<StateMap> {
  const space = await prepare(options, { symmetry: false });
  const endings = new Endings(space, judgeOf(options));
  const rows = new Interner<MapRows>();
  const tasks = new Interner<MapTask>();
  const choices = new Interner<string>();
  const events = new Interner<MapEvent>();
  const ends = new Interner<MapEnd>();
  const ids = new Map<string, number>();
  const walkers: Walker[] = [];
  const states: MapState[] = [];

  const id = (walker: Walker): number => {
    const key = `${walker.tuple} ${walker.who}`;
    const known = ids.get(key);
    if (known !== undefined) return known;
    ids.set(key, walkers.length);
    return walkers.push(walker) - 1;
  };
  const after = (walker: Walker, option: WalkOption): Walker => {
    const next = walker.copy();
    space.successor(walker.tuple, walker.moves, option.move, next.tuple, next.who, option.position);
    return next;
  };
  const eventId = (walker: Walker, option: WalkOption): number => {
    const event = eventOf(walker, option, 1);
    if (!event) return -1;
    const { task, operation, reply, at } = event;
    return events.id({ task, operation, reply, at: at === undefined ? null : place(at) });
  };
  const describe = async (walker: Walker, to: (next: Walker) => number): Promise<MapState> => {
    const options = await walker.options();
    const ready = new Set(
      options.flatMap(({ choice, move }) => (space.steps.isStep(walker.moves.tag[move]!) ? taskOf(choice) : [])),
    );
    const views = space.taskAt.map((_, i) => {
      const { status, operation, sites, blockedBy, outcome } = taskStatusOf(walker, i + 1, ready.has(i + 1));
      return { status, operation, at: sites[0] ? place(sites[0]) : null, blockedBy, outcome };
    });
    const over = options.length === 0 && !views.some(({ status }) => status === "cut");
    const deadlock = over && views.some(({ status }) => status === "blocked");
    const end = over ? await endings.of(walker.tuple, deadlock) : null;
    return {
      rows: rows.id(space.rows(walker.tuple)),
      tasks: views.map((view) => tasks.id(view)),
      moves: options.map((option) => [
        choices.id(formatChoice(option.choice)),
        eventId(walker, option),
        to(after(walker, option)),
      ]),
      end: end && ends.id({ label: end.label, violates: end.violates }),
      beyondModel: space.beyondModel(walker.tuple)[0] ?? null,
    };
  };

  const path = [id(new Walker(space))];
  for (const choice of parseSchedule(schedule)) {
    const walker = walkers[path.at(-1)!]!.copy();
    await walker.follow([choice]);
    path.push(id(walker));
  }
  while (states.length < walkers.length && walkers.length <= most) states.push(await describe(walkers[states.length]!, id));
  const complete = states.length === walkers.length;
  if (!complete) {
    // Too many: only the states of the schedule, numbered along it.
    states.length = 0;
    for (const [step, at] of path.entries())
      states.push(await describe(walkers[at]!, (next) => (id(next) === path[step + 1] ? step + 1 : -1)));
  }
  return {
    complete,
    rows: rows.values,
    tasks: tasks.values,
    choices: choices.values,
    events: events.values,
    ends: toldApart(ends.values, options.language),
    states,
    path: complete ? path : path.map((_, step) => step),
  };
}

type MapRows = StateMap["rows"][number];
