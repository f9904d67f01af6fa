/** The process that judges a learner's file. It runs none of the learner's code: that is in a process of its own (host.ts). */
import { realpathSync } from "node:fs";
import { TaskError } from "../core/failure.js";
import { findLesson, lessonModule } from "../course/catalog.js";
import { type Judgement, type Problem, type SizeResult, unjudged } from "../report/judgement.js";
import { judge } from "./judge.js";
import { EndedByCode, Learner } from "./learner.js";
import type { Assignment, JudgeMessage } from "./protocol.js";

let learner: Learner | undefined;
const results: SizeResult[] = [];

const tell = (message: JudgeMessage, then: () => void = () => {}): void => void process.send!(message, then);
const end = (): never => {
  learner?.close();
  process.exit(0);
};

// The program has ended: no process waits for the answer any more.
process.on("disconnect", end);
process.on("message", (message: Assignment | "there?") => {
  if (message === "there?") tell({ kind: "here" });
  else
    void judged(message).then((judgement) => {
      tell({ kind: "judged", judgement }, end);
    });
});

async function judged(assignment: Assignment): Promise<Judgement> {
  const failed = (problem: Problem) => unjudged(problem, results);
  const { lesson, file, language, failing } = assignment;
  try {
    const module = realpathSync(await lessonModule(findLesson(lesson)));
    const started = await Learner.start(assignment, module, (printed) => tell({ kind: "printed", printed }));
    learner = started.learner;
    const onResult = (result: SizeResult) => {
      results.push(result);
      tell({ kind: "result", result });
    };
    const judgement = await judge({ lesson, file, strategy: started.strategy, language, onResult, failing });
    const differs = judgement.verdict === "right" && (await learner.differsLater());
    return differs ? failed(unsteady) : judgement;
  } catch (error) {
    if (error instanceof EndedByCode) return failed(error.problem);
    if (error instanceof TaskError) {
      const line = error.at?.startsWith(`${file}:`) ? Number(error.at.slice(file.length + 1)) : null;
      return failed({ kind: "task", sentence: error.message.replaceAll(file, "your file"), line });
    }
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return failed({ kind: "crash", sentence: `checking it failed. ${said}`, line: null });
  }
}

const unsteady: Problem = {
  kind: "task",
  sentence:
    "asked some thousand times with the same replies, it did something else: it remembers earlier runs, or looks at where it runs. " +
    "What it does may depend on the replies to its operations alone",
  line: null,
};
