import type { Command } from "commander";
import type { ServerState } from "../servers/serve.js";
import { count, exit, type Out, paragraph } from "./out.js";

/** `racelab join <url>`: this process becomes a server of the next run that looks for one. */
export async function joinCommand(url: string, out: Out, signal: AbortSignal): Promise<number> {
  const say = (sentence: string) => out.note(paragraph(sentence));
  const { joinRun: joinNext } = await import("../servers/join.js");
  let last = "";
  let job: ServerState["job"] | undefined;
  const on = (state: ServerState) => {
    job = state.job;
    const sentence = describe(state);
    if (sentence !== last) say(sentence);
    last = sentence;
  };
  const ready = (place: string) =>
    say(`waiting at ${place} for a run that looks for servers (racelab run … --servers 2 --join 1). Ctrl-C ends it`);
  try {
    await joinNext(url, { signal, on, ready });
  } catch (error) {
    if (!signal.aborted) throw error;
    say(job ? "left in the middle of the run, which is told so" : "nobody was waited for any longer");
    return exit.interrupted;
  }
  const requests = job?.request.requests ?? 0;
  if (out.json) out.object({ command: "join", lesson: job?.request.lesson, server: job?.part.server, requests });
  else out.line(paragraph(`done: ${count(requests, "request")}. What came of them is told where the run was started`));
  return exit.right;
}

function describe(state: ServerState): string {
  const { request, part } = state.job;
  const what = `server ${part.server} of ${part.servers}: ${request.lesson}, strategy ${request.strategy}`;
  return state.state === "working"
    ? `${what}. ${count(request.requests, "request")} on ${count(request.workers, "worker thread")}`
    : `${what}. Waiting for ${count(state.missing, "more server")}`;
}

export const register = (
  program: Command,
  action: (run: (out: Out, signal: AbortSignal) => Promise<number>) => Promise<void>,
): void => {
  program
    .command("join")
    .description("one more server, a process of this host, for a run that was started elsewhere")
    .argument("<url>", "where the servers meet: postgres://… or redis://…, as the run says")
    .action((url: string) => action((out, signal) => joinCommand(url, out, signal)))
    .addHelpText(
      "after",
      "\nExamples:\n  racelab join postgres://user:password@db.example/shop\n  racelab join redis://queue.example:6379 --json\n",
    );
};
