/** The screens without a terminal: keys in, the model out. */

import { rowsText } from "../../src/report/text.js";
import { frame } from "../../src/tui/parts/frame.js";
import { program } from "../../src/tui/program.js";
import { start } from "../../src/tui/router.js";
import type { Services } from "../../src/tui/services.js";
import type { Model, ScreenSize } from "../../src/tui/state.js";
import { inProcess, tellingTime } from "./in-process.js";

export async function play(size: ScreenSize, given: Services = inProcess(tellingTime())) {
  let pending = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    pending++;
    return work.finally(() => pending--);
  };
  const services: Services = {
    ...given,
    lesson: (id) => counted(given.lesson(id)),
    exercises: {
      ...given.exercises,
      check: (...asked) => counted(given.exercises.check(...asked)),
      reset: (...asked) => counted(given.exercises.reset(...asked)),
    },
    run: (...run) => counted(given.run(...run)),
    exportHere: (...asked) => counted(given.exportHere(...asked)),
    sent: (...asked) => counted(given.sent(...asked)),
    conduct: (...asked) => counted(given.conduct(...asked)),
    compare: (...asked) => counted(given.compare(...asked)),
    sweep: (...asked) => counted(given.sweep(...asked)),
    realRuns: (...asked) => counted(given.realRuns(...asked)),
    explorer: {
      explore: (...asked) => counted(given.explorer.explore(...asked)),
      trace: (...asked) => counted(given.explorer.trace(...asked)),
      endingAt: (...asked) => counted(given.explorer.endingAt(...asked)),
      replay: (...asked) => counted(given.explorer.replay(...asked)),
    },
  };
  const changes: Model[] = [];
  const done: string[] = [];
  const initial = start({
    size,
    lessons: services.lessons(),
    store: "memory:",
    workers: 4,
    language: services.language,
    remembered: services.remember.get,
  });
  const running = program(services, initial, {
    changed: (model) => changes.push(model),
    quit: (code) => done.push(`quit ${code}`),
    edit: async ({ name, line }) => {
      done.push(`edit ${name}:${line}`);
      return "";
    },
    copy: (text) => done.push(`copy ${text}`) > 0,
    suspend: () => done.push("suspend"),
    repaint: () => done.push("repaint"),
    mouse: () => (done.push("mouse") > 0 ? "on" : null),
    theme: () => (done.push("theme") > 0 ? "light" : null),
    broke: (error) => {
      throw error;
    },
  });
  /** Waits until all work has come back. */
  const settled = async (): Promise<void> => {
    do await new Promise((wake) => setTimeout(wake, 2));
    while (pending > 0);
  };
  return {
    done,
    changes,
    get model() {
      return running.model;
    },
    send: running.send,
    begin: running.begin,
    settled,
    async press(...keys: string[]): Promise<void> {
      for (const key of keys) {
        running.send({ kind: "key", key });
        await settled();
      }
    },
    text: () => rowsText(frame(running.model), "unicode"),
  };
}
