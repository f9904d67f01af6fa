/** The explorer's thread: the screens' questions come in, answers and progress go out. */
import { parentPort } from "node:worker_threads";
import { messageOf } from "../core/failure.js";
import type { Searched } from "../report/views.js";
import type { ExplorerReply, ExplorerRequest } from "./client.js";
import { endingAt, explored, replayed, traced } from "./views.js";

// The places in the source that a step comes from are those of the TypeScript.
process.setSourceMapsEnabled(true);

const under_way = new Map<number, AbortController>();
const say = (said: ExplorerReply): void => parentPort?.postMessage(said);

parentPort?.on("message", async (ask: ExplorerRequest) => {
  const { id, question } = ask;
  if (question === null) return under_way.get(id)?.abort();
  const stopping = new AbortController();
  under_way.set(id, stopping);
  try {
    say({ id, value: await answer(id, question, stopping.signal) });
  } catch (error) {
    say({ id, error: messageOf(error) });
  }
  under_way.delete(id);
});

function answer(id: number, question: NonNullable<ExplorerRequest["question"]>, signal: AbortSignal): Promise<unknown> {
  const watching = { signal, onProgress: (searched: Searched) => say({ id, searched }) };
  switch (question.kind) {
    case "explore":
      return explored(question.setting, watching);
    case "trace":
      return traced(question.setting, question.schedule, watching);
    case "ending-at":
      return endingAt(question.setting, question.label, question.most, watching);
    case "replay":
      return replayed(question.setting, question.schedule, question.strategies);
  }
}
