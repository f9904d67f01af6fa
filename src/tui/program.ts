/** Runs the pure model, for the screen and for the accessible mode: takes messages, computes the next model, does the effects. */
import { withoutCredentials } from "../core/credentials.js";
import { messageOf } from "../core/failure.js";
import { messageIn } from "../core/messages.js";
import { firstLesson, lastLesson, positionIn, positionKeeper } from "./position.js";
import { themeKey } from "./remembered.js";
import { update } from "./router.js";
import type { LessonSummary, Services } from "./services.js";
import type { Effect, Model, ProgramMessage } from "./state.js";
import type { ThemeName } from "./theme.js";
import { say, screenWords } from "./words.js";

/** What the screen, the accessible mode or a test does for the program. */
interface Display {
  changed(model: Model, message: ProgramMessage): void;
  quit(code: number): void;
  suspend(): void;
  /** Opens the learner's editor. Resolves with a sentence when it has ended, empty where there is nothing to say. */
  edit(file: { readonly path: string; readonly name: string; readonly line: number | null }): Promise<string>;
  /** False: the text is too long for a clipboard sequence. */
  copy(text: string): boolean;
  repaint(): void;
  /** Changes to the next theme and returns its name; null: this terminal has no colours. */
  theme(): ThemeName | null;
  /** Turns the mouse on or off, and returns which; null: there is none. */
  mouse(): "on" | "off" | null;
  /** A defect: `update` or an effect threw. */
  broke(error: unknown): void;
}

export interface ScreenProgram {
  readonly model: Model;
  send(message: ProgramMessage): void;
  /**
   * Opens the lesson that the command line names, else the last one, both where the learner left it unless `to` says; for who has
   * opened none, the first. False: there is none, and the list stays.
   */
  begin(summary: LessonSummary | null, to?: string, given?: unknown): boolean;
  /** Stops all work under way and waits until it has stopped. */
  end(): Promise<void>;
}

interface UnderWay {
  readonly background: boolean;
  readonly stop: AbortController;
  readonly over: Promise<void>;
}

/** Least milliseconds between two changes of a counter: faster ones cannot be read, and each frame costs 10 ms. */
const FRAME = 125;

export function program(services: Services, initial: Model, display: Display): ScreenProgram {
  let model = initial;
  const works = new Map<string, UnderWay>();
  const keeper = positionKeeper(services.remember);
  /** `end` waits for it: a lesson that is being opened still arrives when the learner leaves at once. */
  let opening: Promise<void> = Promise.resolve();

  const said = (error: unknown): string => messageIn(messageOf(error), services.language);

  function send(message: ProgramMessage): void {
    try {
      const [next, effects] = update(model, message);
      const changed = next !== model;
      model = next;
      if (changed) display.changed(model, message);
      keeper.at(model);
      for (const effect of effects) perform(effect);
    } catch (error) {
      display.broke(error);
    }
  }

  function perform(effect: Effect): void {
    switch (effect.kind) {
      case "open": {
        const { summary, to, given } = effect;
        const opened = {
          kind: "opened" as const,
          summary,
          ...(to !== undefined && { to }),
          ...(given !== undefined && { given }),
        };
        opening = services.lesson(summary.id).then(
          (content) => send({ ...opened, content }),
          (error: unknown) => send({ kind: "failed", what: said(error) }),
        );
        return;
      }
      case "work":
        begin(effect);
        return;
      case "stop":
        for (const [id, { stop, background }] of works)
          if (effect.name === undefined ? effect.background || !background : id.endsWith(`/${effect.name}`)) stop.abort();
        return;
      case "remember":
        services.remember.set(effect.key, effect.value);
        return;
      case "suspend":
        display.suspend();
        return;
      case "edit":
        display.edit(effect).then(
          (what) => what !== "" && send({ kind: "noticed", what }),
          (error: unknown) => send({ kind: "failed", what: said(error) }),
        );
        return;
      case "copy": {
        const text = withoutCredentials(effect.text);
        const file = services.keepCopy(text);
        const taken = display.copy(text);
        send({ kind: "noticed", what: say(screenWords.copied(taken, file), model) });
        return;
      }
      case "theme": {
        const name = display.theme();
        if (name) services.remember.set(themeKey, name);
        send({ kind: "noticed", what: say(name ? screenWords.themes[name] : screenWords.noColours, model) });
        return;
      }
      case "mouse":
        send({ kind: "noticed", what: say(screenWords.mouse[display.mouse() ?? "none"], model) });
        return;
      case "repaint":
        display.repaint();
        return;
      case "quit":
        display.quit(effect.code);
    }
  }

  function begin({ screen, work }: Extract<Effect, { kind: "work" }>): void {
    const id = `${screen}/${work.name}`;
    works.get(id)?.stop.abort();
    const stop = new AbortController();
    const quiet = work.quiet || work.background;
    const mine = (): boolean => works.get(id)?.stop === stop;
    const sample = sampled((message) => mine() && send({ kind: "told", screen, message }));
    const ended = (how: "done" | "stopped" | "failed", what?: string): void => {
      sample.end();
      // A newer work of the same name has replaced this one.
      if (!mine()) return;
      works.delete(id);
      send({ kind: "ended", screen, name: work.name, how, ...(what !== undefined && { what }) });
    };
    const over = work.run(services, sample.take, stop.signal).then(
      (message) => {
        // Stopped work may still answer with a part. It is dropped: half a run must not stand beside whole ones.
        if (stop.signal.aborted) return ended(quiet ? "done" : "stopped");
        sample.end();
        if (mine()) send({ kind: "told", screen, message });
        ended("done");
      },
      (error: unknown) => (stop.signal.aborted ? ended(quiet ? "done" : "stopped") : ended("failed", said(error))),
    );
    works.set(id, { stop, over, background: work.background === true });
  }

  return {
    get model() {
      return model;
    },
    send,
    begin(named, to, given) {
      const { get } = services.remember;
      const summary = named ?? lastLesson(get, services.lessons()) ?? firstLesson(get, services.lessons());
      if (!summary) return false;
      const position = to === undefined ? positionIn(services.remember.get, summary.id) : { screen: to, given };
      const { screen, given: on } = position ?? {};
      perform({ kind: "open", summary, ...(screen !== undefined && { to: screen }), ...(on !== undefined && { given: on }) });
      return true;
    },
    async end() {
      await opening;
      for (const { stop } of works.values()) stop.abort();
      await Promise.all([...works.values()].map(({ over }) => over));
      keeper.end();
    },
  };
}

/** Passes on the latest value, at most once every `FRAME` milliseconds. `end` drops a value that is still waiting. */
function sampled<T>(pass: (latest: T) => void): { take(latest: T): void; end(): void } {
  let latest: { readonly value: T } | null = null;
  let timer: NodeJS.Timeout | null = null;
  const show = (): void => {
    timer = null;
    if (!latest) return;
    const { value } = latest;
    latest = null;
    pass(value);
    timer = setTimeout(show, FRAME);
  };
  return {
    take(value) {
      latest = { value };
      if (!timer) show();
    },
    end() {
      latest = null;
      if (timer) clearTimeout(timer);
    },
  };
}
