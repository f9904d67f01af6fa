import type { ServerState } from "../servers/serve.js";
import { count, exit, type Out, paragraph } from "./out.js";
import type { Register } from "./verb.js";

/** `racelab join <url>`: this process becomes a server of the next run that looks for one. */
async function join(url: string, out: Out, signal: AbortSignal): Promise<number> {
  const note = (sentence: string) => out.note(paragraph(sentence));
  const { joinRun } = await import("../servers/join.js");
  let lastSaid = "";
  let job: ServerState["job"] | undefined;
  const on = (state: ServerState) => {
    job = state.job;
    const sentence = stateText(state);
    if (sentence !== lastSaid) note(sentence);
    lastSaid = sentence;
  };
  const ready = (place: string) =>
    note(`waiting at ${place} for a run that looks for servers (racelab run … --servers 2 --join 1). Ctrl-C ends it`);
  try {
    await joinRun(url, { signal, on, ready });
  } catch (error) {
    if (!signal.aborted) throw error;
    note(job ? "left in the middle of the run, which is told so" : "nobody was waited for any longer");
    return exit.interrupted;
  }
  const requests = job?.request.requests ?? 0;
  if (out.json) out.object({ command: "join", lesson: job?.request.lesson, server: job?.part.server, requests });
  else out.paragraph(`done: ${count(requests, "request")}. What came of them is told where the run was started`);
  return exit.right;
}

function stateText(state: ServerState): string {
  const { request, part } = state.job;
  const what = `server ${part.server} of ${part.servers}: ${request.lesson}, strategy ${request.strategy}`;
  return state.state === "working"
    ? `${what}. ${count(request.requests, "request")} on ${count(request.workers, "worker thread")}`
    : `${what}. Waiting for ${count(state.missing, "more server")}`;
}

export const register: Register = (program, action) => {
  program
    .command("join")
    .description("one more server, a process of this host, for a run that was started elsewhere")
    .argument("<url>", "where the servers meet: postgres://… or redis://…, as the run says")
    .action((url: string) => action((out, signal) => join(url, out, signal)))
    .addHelpText(
      "after",
      "\nExamples:\n  racelab join postgres://user:password@db.example/shop\n  racelab join redis://queue.example:6379 --json\n",
    );
};
