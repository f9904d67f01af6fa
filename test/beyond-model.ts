/** A lesson with a state in which the model has no answer: schedule 2, after which one statement would change two rows. */
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** An answer to its exercise, which protects nothing. */
const answer = `import { strategy } from "racelab";
export default strategy({ summary: "yours", cost: "none", requires: [], run: (work, session) => work.body(session) });
`;

/** A new folder for `--lessons`, with the file of an answer beside it; who asks for it removes it. */
export function beyondModelLessons(): { readonly home: string; readonly answer: string } {
  const home = mkdtempSync(join(tmpdir(), "racelab-beyond-model-"));
  const folder = join(home, "01-raise-all");
  mkdirSync(join(folder, "exercise"), { recursive: true });
  const files = {
    "README.md": "# raise all\n",
    "exercise/start.ts": answer,
    "exercise/solution.ts": answer,
    "lesson.ts": lesson,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const own = join(home, "own.ts");
  writeFileSync(own, answer);
  return { home, answer: own };
}

const lesson = `import { lesson, ok } from "racelab";
const raiseAll = {
  name: "raise all", keys: ["a/1", "a/2"],
  async body({ perform }) {
    await perform({ kind: "update-rows", table: "a", where: [">", "n", 1], set: { n: ["+", "n", 1] } });
    return ok();
  },
};
const raiseOne = { name: "raise one", keys: ["a/1"], async body({ write }) { await write("a/1", { n: 5 }); return ok(); } };
export default lesson({
  title: "raise all", summary: "one statement, several rows",
  size: { tasks: 2, most: 3 }, load: { requests: 10, think: 1 },
  scenario: ({ tasks, most }) => ({
    rows: { "a/1": { n: 1 }, "a/2": { n: 2 } },
    tasks: Array.from({ length: tasks }, (_, i) => (i === 0 ? raiseAll : raiseOne)),
    tally: { name: "n", done: "raised", actual: () => 0, expected: () => 0 },
    properties: [{
      name: "row 2 is small", kind: "outcome",
      test: ({ rows }) => (rows["a/2"].n <= most ? null : "row 2 is large"),
    }],
  }),
  label: ({ rows }) => "row 2 is " + rows["a/2"].n,
  claims: [{ strategy: "none", holds: true, because: "it is so" }],
  questions: [], cost: "nothing",
});
`;
