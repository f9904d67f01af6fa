import { Option } from "commander";
import type { Lesson } from "../core/lesson.js";
import type { Strategy } from "../core/strategy.js";
import { suggest } from "../core/suggest.js";
import {
  exerciseOf,
  findLesson,
  lessonEntries,
  lessonsOption,
  loadLesson,
  loadStrategy,
  strategiesOf,
  strategyIds,
} from "../course/catalog.js";
import { strategyTexts } from "../course/strategy-texts.js";
import { whyNotApplicable } from "../explore/explore.js";
import { snippets } from "../stacks/index.js";
import { stepsAlone } from "../stacks/sent.js";
import { sessionSheet } from "../stacks/session-sheet.js";
import { type Snippet, type StackId, stacks } from "../stacks/snippet.js";
import { type PlainStep, sqlDialects } from "../stores/plain-sql.js";
import { exit, Misuse, type Out } from "./out.js";
import type { Register } from "./verb.js";
import { commandWords } from "./words.js";

interface StackOptions {
  readonly lesson?: string;
  readonly in?: StackId | "sql";
}

const databases = { postgres: "PostgreSQL", mysql: "MySQL, MariaDB" } as const;

/** `racelab stack`: a protection in the words of the reader's own stack. */
async function stack(what: string | undefined, { lesson, in: only }: StackOptions, out: Out): Promise<number> {
  if (what === undefined) return list(out);
  const ids = strategyIds();
  if (what === "session") return ofSession(out);
  if (ids.includes(what)) return ofStrategy(what, lesson, only, out);
  const isLesson = lessonEntries().some(({ id, number }) => id === what || number === Number(what));
  if (!isLesson)
    throw new Misuse(
      `no strategy or lesson is called "${what}": ${suggest(what, [...ids, "session", ...lessonEntries().map(({ id }) => id)])}`,
    );
  if (lesson !== undefined) throw new Misuse(`"${what}" is a lesson already: leave --lesson away, or name a strategy before it`);
  return ofLesson(what, out);
}

async function list(out: Out): Promise<number> {
  const rows = strategyIds().map((id) => ({
    strategy: id,
    stacks: (Object.keys(stacks) as StackId[]).filter((stack) => snippets[stack][id]),
  }));
  if (out.json) out.object({ command: "stack", strategies: rows });
  else {
    out.line(commandWords.stacksOf(Object.entries(stacks).map(([id, name]) => `${id} (${name})`)));
    for (const { strategy, stacks } of rows) out.line(`  ${strategy.padEnd(14)}  sql ${stacks.join(" ")}`);
    out.line(commandWords.next("racelab stack row-lock --in django"));
  }
  return exit.right;
}

/** The SQL of both databases. */
async function sqlOf(lesson: Lesson, strategy: Strategy) {
  return Promise.all(
    sqlDialects.map(async (dialect) => {
      const sent = await stepsAlone(lesson, strategy, dialect);
      return { dialect, steps: sent.map(({ shown }) => shown) };
    }),
  );
}
type Sql = Awaited<ReturnType<typeof sqlOf>>;

/** The first lesson that makes a claim about the strategy, and to which it applies. */
async function lessonFor(id: string, asked: string | undefined, out: Out) {
  const strategy = await loadStrategy(id);
  const entries = asked === undefined ? lessonEntries().filter(({ authorFolder }) => authorFolder === null) : [findLesson(asked)];
  for (const entry of entries) {
    const lesson = await loadLesson(entry, out.language);
    if (asked === undefined && !strategiesOf(lesson).includes(id)) continue;
    const why = await whyNotApplicable(lesson, strategy, {});
    if (why === null) return { entry, lesson, strategy };
    if (asked !== undefined) throw new Misuse(`strategy ${id} does not apply to ${entry.id}: ${why}`);
  }
  throw new Misuse(`no lesson speaks of strategy ${id}: name one, --lesson lost-update`);
}

async function ofStrategy(id: string, asked: string | undefined, only: StackOptions["in"], out: Out): Promise<number> {
  const { entry, lesson, strategy } = await lessonFor(id, asked, out);
  const { summary, cost } = await strategyTexts(lesson, id, out.language);
  const sql = only === undefined || only === "sql" ? await sqlOf(lesson, strategy) : [];
  const found = (Object.keys(stacks) as StackId[]).flatMap((stack) => {
    const snippet = snippets[stack][id];
    return snippet && (only === undefined || only === stack) ? [{ stack, snippet }] : [];
  });
  if (out.json) {
    out.object({
      command: "stack",
      strategy: id,
      lesson: entry.id,
      ...sqlJson(sql, out),
      stacks: found.map(({ stack, snippet: { refused, trap, ...rest } }) => ({
        stack,
        ...rest,
        refused: out.say(refused),
        trap: out.say(trap),
      })),
    });
    return exit.right;
  }
  out.paragraph(`${id}: ${summary}`);
  out.paragraph(commandWords.cost(cost));
  printSql(sql, entry.id, out);
  for (const { stack, snippet } of found) printSnippet(stacks[stack], snippet, out);
  if (only !== undefined && only !== "sql" && found.length === 0) out.paragraph(commandWords.noSnippet(id, stacks[only]));
  return exit.right;
}

async function ofLesson(name: string, out: Out): Promise<number> {
  const entry = findLesson(name);
  const lesson = await loadLesson(entry, out.language);
  const exercise = await exerciseOf(entry);
  const sql = exercise ? await sqlOf(lesson, exercise.solution) : [];
  const holding = [...new Set((lesson.claims ?? []).flatMap((claim) => ("holds" in claim ? [claim.strategy] : [])))].filter(
    (id) => strategyIds().includes(id),
  );
  if (out.json) {
    out.object({ command: "stack", lesson: entry.id, ...sqlJson(sql, out), holding });
    return exit.right;
  }
  out.paragraph(commandWords.solutionInSql(entry.id));
  printSql(sql, null, out);
  out.line();
  out.line(commandWords.alsoHold);
  for (const id of holding) out.line(`  racelab stack ${id} --lesson ${entry.id}${lessonsOption(entry.id)}`);
  return exit.right;
}

/** What a strategy can ask of its session. */
async function ofSession(out: Out): Promise<number> {
  const methods = await sessionSheet(out.language);
  if (out.json) {
    out.object({ command: "stack", session: methods.map(({ sql, ...rest }) => ({ ...rest, sql: linesOf(sql, out) })) });
    return exit.right;
  }
  out.paragraph(commandWords.sessionMethods);
  for (const { call, says, example, sql, needs } of methods) {
    out.line();
    out.line(commandWords.methodNeeds(call, needs));
    out.paragraph(says, 2);
    out.line(`  ${example}`);
    for (const line of linesOf(sql, out)) out.line(`    ${line}`);
  }
  return exit.right;
}

const sqlJson = (sql: Sql, out: Out) => ({
  sql: Object.fromEntries(sql.map(({ dialect, steps }) => [dialect, linesOf(steps, out)])),
});

/** Statements, and what happens beside the database as comments. */
const linesOf = (steps: readonly PlainStep[], out: Out): readonly string[] =>
  steps.flatMap((step) => ("sql" in step ? step.sql.map((text) => `${text};`) : [`-- ${out.say(step.says)}`]));

function printSql(sql: Sql, lesson: string | null, out: Out): void {
  const texts = sql.map(({ dialect, steps }) => ({ name: databases[dialect], lines: linesOf(steps, out) }));
  const [first, second] = texts;
  if (!first) return;
  const isSame = second && first.lines.join("\n") === second.lines.join("\n");
  for (const { name, lines } of isSame ? [{ name: `${first.name}; ${second.name}`, lines: first.lines }] : texts) {
    out.line();
    out.line(commandWords.sqlFor(name, lesson));
    for (const line of lines) out.line(`  ${line}`);
  }
}

function printSnippet(name: string, { code, refused, trap, source, known }: Snippet, out: Out): void {
  out.line();
  out.line(commandWords.snippetKnown(name, known));
  for (const line of code.split("\n")) out.line(`  ${line}`);
  out.paragraph(commandWords.refusedBy(out.say(refused)), 2);
  out.paragraph(commandWords.trap(out.say(trap)), 2);
  out.line(`  ${source}`);
}

export const register: Register = (program, action) => {
  program
    .command("stack")
    .description("a protection as SQL, and in Django, JPA, Prisma, node-postgres, Redis")
    .argument("[what]", "a strategy; a lesson, then its solution; or session: what code can ask")
    .option("--lesson <lesson>", "whose request is shown as SQL")
    .addOption(new Option("--in <stack>", "one of them only").choices([...Object.keys(stacks), "sql"]))
    .addHelpText(
      "after",
      "\nExamples:\n  racelab stack\n  racelab stack row-lock\n  racelab stack cas --in jpa\n  racelab stack coupon-rush\n  racelab stack session\n",
    )
    .action((what: string | undefined, options: StackOptions) => action((out) => stack(what, options, out)));
};
