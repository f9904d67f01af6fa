/** The whole behaviour of the screens: a model and a message in, the next model and what is to be done out. Pure. */

import { type Command, commandFor } from "./keys.js";
import { act as actOnLesson, finished, opened } from "./lesson.js";
import type { Effect, Message, Model } from "./state.js";
import { helpLines } from "./views/help.js";

export type Next = readonly [Model, readonly Effect[]];
const stay = (model: Model): Next => [model, []];

export function update(model: Model, message: Message): Next {
  switch (message.kind) {
    case "key":
      return press({ ...model, notice: null }, message.key);
    case "resized":
      return stay({ ...model, size: message.size });
    case "opened":
      return stay({ ...model, screen: "lesson", lesson: opened(model, message.summary, message.content) });
    case "progress":
      if (!model.lesson?.running) return stay(model);
      return stay({
        ...model,
        lesson: { ...model.lesson, running: { ...model.lesson.running, progress: message.progress } },
      });
    case "finished":
      if (!model.lesson) return stay(model);
      return stay({ ...model, notice: null, lesson: finished(model.lesson, message.request, message.result) });
    case "stopped":
      return stay({ ...ended(model), notice: { text: "stopped: what was done until then is not counted", bad: false } });
    case "failed":
      return stay({ ...ended(model), notice: { text: message.what, bad: true } });
  }
}

const ended = (model: Model): Model => (model.lesson ? { ...model, lesson: { ...model.lesson, running: null } } : model);

function press(model: Model, key: string): Next {
  const command = commandFor(model, key);
  if (!command) return stay(model);
  const off = command.off?.(model) ?? null;
  if (off !== null) return stay({ ...model, notice: { text: `not now: ${off}`, bad: false } });
  return act(model, command, key);
}

function act(model: Model, { id }: Command, key: string): Next {
  const last = model.lessons.length - 1;
  const choose = (chosen: number): Next => stay({ ...model, chosen: Math.max(0, Math.min(last, chosen)) });
  switch (id) {
    case "lesson-up":
      return choose(model.chosen - 1);
    case "lesson-down":
      return choose(model.chosen + 1);
    case "lesson-first":
      return choose(0);
    case "lesson-last":
      return choose(last);
    case "lesson-number": {
      const there = model.lessons.findIndex(({ number }) => number === Number(key));
      return there < 0 ? stay({ ...model, notice: { text: `there is no lesson ${key}`, bad: false } }) : choose(there);
    }
    case "open": {
      const summary = model.lessons[model.chosen];
      // Going back to a lesson finds it as it was left, results and all.
      if (summary && summary.id === model.lesson?.summary.id) return stay({ ...model, screen: "lesson" });
      return summary
        ? [model, [...(model.lesson?.running ? [{ kind: "stop" } as const] : []), { kind: "open", summary }]]
        : stay(model);
    }
    case "back":
      return stay({ ...model, screen: "lessons" });
    case "help":
    case "close-help":
      return stay({ ...model, help: !model.help, helpScroll: 0 });
    case "help-down":
      return stay({ ...model, helpScroll: Math.min(helpLines(model).length, model.helpScroll + 1) });
    case "help-up":
      return stay({ ...model, helpScroll: Math.max(0, model.helpScroll - 1) });
    case "interrupt":
      return model.lesson?.running ? [model, [{ kind: "stop" }]] : [model, [{ kind: "quit", code: 130 }]];
    case "quit":
      return [model, [{ kind: "quit", code: 0 }]];
    case "suspend":
      return [model, [{ kind: "suspend" }]];
    case "repaint":
      return [model, [{ kind: "repaint" }]];
    default:
      return model.lesson ? actOnLesson(model, model.lesson, id, key) : stay(model);
  }
}
