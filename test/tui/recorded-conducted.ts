/**
 * How a real PostgreSQL played a few schedules, recorded by `on-database.test.ts`, so that a picture of it can be compared
 * with a file where there is no PostgreSQL.
 */
import { existsSync, readFileSync } from "node:fs";
import type { ConductedView, ConductRequest } from "../../src/report/views.js";
import type { Services } from "../../src/tui/services.js";
import { inProcess, tellingTime, withCounter } from "./in-process.js";

const file = (name: string) => `recorded/conducted-${name}.json`;

/** Two workers and a counter. */
const size = { tasks: 2, each: 3 };
const of = (strategy: string, schedule: string): ConductRequest => ({
  ...{ setting: { lesson: "lost-update", strategy, size }, schedule, store: "memory:" },
});
export const recordings = {
  none: of("none", "122221121112"),
  mutex: of("mutex", "1111111122222222"),
  deadlock: { setting: { lesson: "deadlock", strategy: "row-lock" }, schedule: "11222112222", store: "memory:" },
} as const satisfies Record<string, ConductRequest>;
export type Recording = keyof typeof recordings;
export const recordingFile = file;

export function recorded(name: Recording): ConductedView {
  const at = new URL(file(name), import.meta.url);
  if (!existsSync(at)) throw new Error(`nothing was recorded of ${name}`);
  return JSON.parse(readFileSync(at, "utf8")) as ConductedView;
}

/** Plays back the recording of a schedule; `differently` replaces how it compares with the model. */
export const withRecordedConducted = (differently?: Partial<ConductedView>): Services => ({
  ...withCounter(inProcess(tellingTime())),
  async conduct({ setting, schedule }) {
    const name = (Object.keys(recordings) as Recording[]).find(
      (name) => recordings[name].setting.strategy === setting.strategy && recordings[name].schedule === schedule,
    );
    if (!name) throw new Error(`nothing was recorded of ${setting.strategy} ${schedule}`);
    return { ...recorded(name), ...differently };
  },
});
