/** Runs the pure model: messages in, the next model out, effects done. It knows no terminal; the screen and the accessible mode both use it. */
import type { Progress } from "../core/verdict.js";
import { update } from "./model.js";
import type { LessonSummary, Services } from "./services.js";
import type { Effect, Message, Model } from "./state.js";

/** What a program needs done by whoever shows it. */
export interface Stage {
  changed(model: Model, message: Message): void;
  quit(code: number): void;
  suspend(): void;
  repaint(): void;
  /** Something threw that should not have. */
  broke(error: unknown): void;
}

export interface Program {
  readonly model: Model;
  send(message: Message): void;
  /** Goes to a lesson without a key: the command line has named it. */
  open(summary: LessonSummary): void;
  /** Stops what is under way and waits until it has stopped. */
  end(): Promise<void>;
}

/** Counters on screen change at most this often: more cannot be read, and each frame costs 10 ms. */
const FRAME = 125;

export function program(services: Services, initial: Model, stage: Stage): Program {
  let model = initial;
  let stop: AbortController | null = null;
  let run: Promise<void> = Promise.resolve();

  function send(message: Message): void {
    try {
      const [next, effects] = update(model, message);
      const changed = next !== model;
      model = next;
      if (changed) stage.changed(model, message);
      for (const effect of effects) perform(effect);
    } catch (error) {
      stage.broke(error);
    }
  }

  function perform(effect: Effect): void {
    switch (effect.kind) {
      case "open":
        services.lesson(effect.summary.id).then((content) => send({ kind: "opened", summary: effect.summary, content }), failed);
        return;
      case "run":
        run = start(effect);
        return;
      case "stop":
        stop?.abort();
        return;
      case "suspend":
        stage.suspend();
        return;
      case "repaint":
        stage.repaint();
        return;
      case "quit":
        stage.quit(effect.code);
    }
  }

  const failed = (error: unknown): void => send({ kind: "failed", what: error instanceof Error ? error.message : String(error) });

  async function start({ request }: Extract<Effect, { kind: "run" }>): Promise<void> {
    const mine = new AbortController();
    stop = mine;
    const sample = sampled((progress) => send({ kind: "progress", progress }));
    try {
      const result = await services.run(request, sample.take, mine.signal);
      sample.end();
      // A run that was stopped may still answer with what it had; half a run is not to be compared with whole ones.
      send(mine.signal.aborted ? { kind: "stopped" } : { kind: "finished", request, result });
    } catch (error) {
      sample.end();
      if (mine.signal.aborted) send({ kind: "stopped" });
      else failed(error);
    }
    stop = null;
  }

  return {
    get model() {
      return model;
    },
    send,
    open: (summary) => perform({ kind: "open", summary }),
    async end() {
      stop?.abort();
      await run;
    },
  };
}

/** Passes on the latest of what comes in, at most once in a while; at the end, what is late is dropped. */
function sampled(pass: (progress: Progress) => void): { take(progress: Progress): void; end(): void } {
  let latest: Progress | null = null;
  let timer: NodeJS.Timeout | null = null;
  const show = (): void => {
    timer = null;
    if (!latest) return;
    pass(latest);
    latest = null;
    timer = setTimeout(show, FRAME);
  };
  return {
    take(progress) {
      latest = progress;
      if (!timer) show();
    },
    end() {
      latest = null;
      if (timer) clearTimeout(timer);
    },
  };
}
