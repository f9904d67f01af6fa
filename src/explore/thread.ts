/** The explorer's thread: questions come in, answers and progress go out. It stays for many questions. */
import { parentPort, workerData } from "node:worker_threads";
import type { Language } from "../core/language.js";
import type { Searched } from "../report/views.js";
import { replyOf } from "../threads/in-thread.js";
import type { ExplorerQuestion, ExplorerReply, ExplorerRequest } from "./client.js";
import { endingAt, explored, replayed, traced } from "./views.js";

// Sites of steps are lines of the TypeScript.
process.setSourceMapsEnabled(true);

const language = workerData as Language;
const underWay = new Map<number, AbortController>();
const tell = (reply: ExplorerReply): void => parentPort?.postMessage(reply);

parentPort?.on("message", async ({ id, question }: ExplorerRequest) => {
  if (question === null) return underWay.get(id)?.abort();
  if (question === "there?") return tell({ id, there: true });
  const stopping = new AbortController();
  underWay.set(id, stopping);
  tell({ id, ...(await replyOf(() => answer(id, question, stopping.signal))) });
  underWay.delete(id);
});

function answer(id: number, question: ExplorerQuestion, signal: AbortSignal): Promise<unknown> {
  const watching = { signal, onProgress: (searched: Searched) => tell({ id, searched }) };
  switch (question.kind) {
    case "explore":
      return explored(question.setting, language, watching);
    case "trace":
      return traced(question.setting, question.schedule, language, watching);
    case "ending-at":
      return endingAt(question.setting, question.label, question.most, language, watching);
    case "replay":
      return replayed(question.setting, question.schedule, question.strategies, language);
  }
}
