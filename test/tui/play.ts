/** The screens without a terminal: keys in, the model out. */

import { rowsText } from "../../src/report/text.js";
import { program } from "../../src/tui/program.js";
import type { Services } from "../../src/tui/services.js";
import { type Model, type Size, start } from "../../src/tui/state.js";
import { frame } from "../../src/tui/views/frame.js";
import { inProcess, tellingTime } from "./in-process.js";

export async function play(size: Size, given: Services = inProcess(tellingTime())) {
  let pending = 0;
  const counted = async <T>(work: Promise<T>): Promise<T> => {
    pending++;
    return work.finally(() => pending--);
  };
  const services: Services = {
    lessons: given.lessons,
    lesson: (id) => counted(given.lesson(id)),
    run: (...run) => counted(given.run(...run)),
  };
  const changes: Model[] = [];
  const done: string[] = [];
  const initial = start({ size, lessons: services.lessons(), store: "memory:", workers: 4 });
  const running = program(services, initial, {
    changed: (model) => changes.push(model),
    quit: (code) => done.push(`quit ${code}`),
    suspend: () => done.push("suspend"),
    repaint: () => done.push("repaint"),
    broke: (error) => {
      throw error;
    },
  });
  /** Everything that has been asked for has come back. */
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
    settled,
    async press(...keys: string[]): Promise<void> {
      for (const key of keys) {
        running.send({ kind: "key", key });
        if (key === "enter" || key === "r") await settled();
      }
    },
    text: () => rowsText(frame(running.model), "unicode"),
  };
}
