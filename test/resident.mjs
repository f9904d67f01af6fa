/** The process behind `resident` in program.ts: the built program's command line, asked again and again. */
import { carryOut } from "../dist/src/commands/command-line.js";
import { addLessons, lessonFolders } from "../dist/src/course/catalog.js";
import { languageFromEnvironment } from "../dist/src/course/language.js";

// As main.ts has it on while a command runs.
process.setSourceMapsEnabled(true);

const lessons = process.env.RACELAB_LESSONS ?? "";

process.on("message", async ({ id, words }) => {
  let [stdout, stderr, language] = ["", "", languageFromEnvironment()];
  const { signal } = new AbortController();
  // As main.ts does it, and without the folders of the words before.
  process.env.RACELAB_LESSONS = lessons;
  addLessons(lessonFolders(words));
  const code = await carryOut(words, {
    env: process.env,
    language: () => language,
    setLanguage: (asked) => {
      language = asked;
    },
    write: (text) => {
      stdout += text;
    },
    complain: (text) => {
      stderr += text;
    },
    signal,
    run: (command) => command(signal),
  });
  process.send({ id, ended: { code, stdout, stderr } });
});
process.on("disconnect", () => process.exit());
