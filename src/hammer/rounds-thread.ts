/** The thread of one task of the rounds. It sleeps until a round begins, so that all tasks start together. */
import { type MessagePort, parentPort, workerData } from "node:worker_threads";
import { messageOf } from "../core/failure.js";
import { session } from "../core/session.js";
import { thrown } from "../core/shown-error.js";
import { runWork } from "../core/strategy.js";
import type { Outcome } from "../core/work.js";
import { findLesson, loadLesson, strategyOf } from "../course/catalog.js";
import { drawing } from "./draw.js";
import { hostLines } from "./host-lines.js";
import { NO_MORE_ROUNDS, type RoundsData } from "./rounds.js";

const { lesson: id, strategy: named, size, turn, task } = workerData as RoundsData;
const round = new Int32Array(turn);
// Its properties are not asked here, so the language does not matter.
const lesson = await loadLesson(findLesson(id), "en");
const strategy = await strategyOf(lesson, named);
const scenario = lesson.scenario(size);
const work = scenario.tasks[task - 1]!;

parentPort!.once("message", async (port: MessagePort) => {
  const lines = hostLines(port, scenario.tables);
  for (let n = 0; ; ) {
    Atomics.wait(round, 0, n);
    n = Atomics.load(round, 0);
    if (n === NO_MORE_ROUNDS) return port.close();
    const numbered = (n - 1) * size.tasks + task;
    const { perform, ended } = lines.line(numbered);
    ended(await settled(runWork(work, session(drawing(perform, 0, numbered)), strategy)));
    // Messages are posted at the end of this turn of the event loop. Only then may the thread sleep.
    await new Promise((flushed) => setImmediate(() => setImmediate(flushed)));
  }
});

async function settled(run: Promise<Outcome>): Promise<Outcome> {
  try {
    return await run;
  } catch (error) {
    return thrown(error, messageOf(error));
  }
}
