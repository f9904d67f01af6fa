/** What the screens ask for, put together from the parts of the program, which do not know each other. */
import { notes } from "../checkers/notes.js";
import { rowsAfter } from "../checkers/versions.js";
import { why } from "../checkers/why.js";
import { conductInThread } from "../conduct/client.js";
import { findLesson, loadLesson } from "../course/catalog.js";
import { exercises } from "../exercise/exercises.js";
import { exportHere } from "../export/client.js";
import { tallies } from "../report/trace.js";
import type { Explorer, RunRequest } from "../report/views.js";
import { comparisonsInThread } from "../run/compare-client.js";
import { observe } from "../run/observe.js";
import { Presenting } from "../saved/presenting.js";
import { LearnerProgress as Saved } from "../saved/progress.js";
import type { LessonSummary, Services } from "../tui/services.js";
import { lessonContent } from "./lessons.js";
import { memory } from "./remember.js";

/** `defaults`: what the command line has chosen and the screens do not. */
export const screenServices = (
  defaults: Pick<RunRequest, "seed" | "deadline" | "language">,
  courses: readonly LessonSummary[],
  explorer: Explorer,
): Services => {
  const { language } = defaults;
  const progress = new Saved();
  const remember = memory(progress);
  return {
    lessons: () => courses,
    lesson: (id) => lessonContent(id, language),
    explorer,
    async realRuns({ lesson, strategy, size }, rounds, on, signal) {
      const { countRounds } = await import("../hammer/rounds.js");
      const whole = { ...(await loadLesson(findLesson(lesson), language)).size, ...size };
      return countRounds({ lesson, strategy, size: whole, rounds }, on, signal);
    },
    ...comparisonsInThread(defaults),
    // Loaded when it is asked for: the line to Redis is nothing that the first frame waits for.
    sent: async (setting, asked) => (await import("./sent.js")).sentSteps(setting, asked, language),
    conduct: (request, signal) => conductInThread(request, language, signal),
    remember,
    exportHere: (request, format, signal) => exportHere(request, format, language, signal),
    exercises: exercises(progress, language, remember.changed),
    presenting: new Presenting(),
    keepCopy: (text) => progress.keepCopy(text),
    language,
    async run(request, on, signal) {
      const observation = await observe({ ...defaults, ...request }, on, signal);
      const { history } = observation;
      const lesson = await loadLesson(findLesson(request.lesson), language);
      const { tally } = lesson.scenario({ ...lesson.size, tasks: request.requests });
      return {
        observation,
        notes: notes(history),
        why: (index) => why(history, index, { language }),
        tallies: tallies(history, rowsAfter(history), tally),
      };
    },
  };
};
