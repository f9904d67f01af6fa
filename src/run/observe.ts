/** Runs real threads against a real store, in this process or in several, and judges what they did. */
import { Impossible } from "../core/failure.js";
import { scenarioAt } from "../core/scenario-at.js";
import type { Observation, Pulse } from "../core/verdict.js";
import { findLesson, loadLesson, strategyOf } from "../course/catalog.js";
import type { HammerRequest } from "../hammer/hammer.js";
import type { RunRequest } from "../report/views.js";
import { judgeRun, type PreparedRun } from "./judge.js";

/** Requests in flight per worker, unless the request says it: all at once, up to this bound. */
const MOST_IN_FLIGHT = 32;

export async function observe(
  request: RunRequest,
  on: (pulse: Pulse) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
  note: (sentence: string) => void = () => {},
): Promise<Observation> {
  // Loaded when the first run begins, so that the first frame of the screens does not wait for it.
  const { hammer } = await import("../hammer/hammer.js");
  const prepared = await prepareRun(request);
  const { hammerRequest } = prepared;
  const isAsked = request.coordinate !== undefined || request.join !== undefined;
  if (hammerRequest.servers > 1 || isAsked) {
    const { startHost } = await import("../hammer/host-client.js");
    const host = await startHost(hammerRequest);
    try {
      if (host.address !== null || isAsked) {
        const { runOnServers } = await import("../servers/run.js");
        const { run, ...together } = await runOnServers(host, hammerRequest, request, { on, signal, note });
        return { ...(await judgeRun(prepared, run)), together };
      }
    } finally {
      await host.close();
    }
  }
  return judgeRun(prepared, await hammer(hammerRequest, on, signal));
}

export async function prepareRun(request: RunRequest): Promise<PreparedRun> {
  const entry = findLesson(request.lesson);
  const lesson = await loadLesson(entry, request.language);
  const strategy = await strategyOf(lesson, request.strategy);
  const requests = request.requests ?? lesson.load.requests;
  const think = request.think ?? lesson.load.think;
  const inFlight = request.inFlight ?? Math.min(MOST_IN_FLIGHT, Math.ceil(requests / request.workers));
  const { servers = lesson.size["servers"] ?? 1 } = request;
  const size = { ...lesson.size, ...request.size, servers, tasks: requests };
  const scenario = scenarioAt(lesson, size, request.size);
  const { store, workers, seed, deadline } = request;
  if (workers < servers)
    throw new Impossible(
      `${servers} servers need at least ${servers} worker threads, not ${workers}: give each server one with --workers ${servers}`,
    );
  const hammerRequest: HammerRequest = {
    store,
    workers,
    servers,
    seed,
    deadline,
    lesson: entry.id,
    strategy: request.strategy,
    size,
    rows: scenario.rows,
    tables: scenario.tables,
    requires: strategy.requires,
    requests,
    think,
    inFlight,
  };
  return { hammerRequest, scenario, failures: lesson.failures ?? [], language: request.language };
}
