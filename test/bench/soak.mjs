/**
 * Does the program grow while somebody uses it? The built program in a pseudo-terminal; keys go through every screen of one
 * lesson after the other, with real runs and comparisons, in windows of two sizes, for so many minutes. Every 30 seconds a
 * line: resident memory of the program, threads, open files, child processes. At the end the first third beside the last
 * third, without the first round of the lessons, in which V8 compiles and caches are filled. Linux only.
 *
 *     npm run prepare && nice node test/bench/soak.mjs [minutes] [path of main.js] [share]
 *
 * `share`: how much of a core it may take, from 0 to 1. After each lesson it rests for as long as it has taken more. Beside
 * other work on a machine, 0.2.
 *
 * Ends with 1 if the last third needs more than a tenth and 20 MB more than the first.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pty from "@lydell/node-pty";
import headless from "@xterm/headless";

const minutes = Number(process.argv[2] ?? 12);
const main = process.argv[3] ?? fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));
const share = Number(process.argv[4] ?? Number.POSITIVE_INFINITY);
const LESSONS = 3;
const SIZES = [
  [120, 40],
  [80, 24],
];
const SAMPLE_MS = 1000;
const PRINT_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), "racelab-soak-"));
const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, ACCESSIBLE: ____, ...rest } = process.env;
const env = { ...rest, TERM: "xterm-256color", LC_ALL: "C.UTF-8", RACELAB_THEME: "dark", RACELAB_STATE: join(folder, "state") };
const [[cols, rows]] = SIZES;
const child = pty.spawn(process.execPath, [main], { name: "xterm-256color", cols, rows, cwd: folder, env });
const screen = new headless.Terminal({ cols, rows, allowProposedApi: true });
child.onData((chunk) => screen.write(chunk));
screen.onData((answer) => child.write(answer));
let exited = false;
child.onExit(() => {
  exited = true;
});
const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
const line = (y) => screen.buffer.active.getLine(screen.buffer.active.viewportY + y)?.translateToString(true) ?? "";
const text = () => Array.from({ length: screen.rows }, (_, y) => line(y)).join("\n");

const began = performance.now();
const isOver = () => exited || performance.now() - began > minutes * 60_000;
const [ENTER, ESC, TAB, RIGHT, LEFT] = ["\r", "\u001b", "\t", "\u001b[C", "\u001b[D"];
async function press(...keys) {
  for (const key of keys) {
    if (isOver()) return;
    child.write(key);
    await sleep(key === ESC ? 250 : 120);
  }
}
/** Goes on when it is on the screen, or after some time without it: a lesson may lack what another has. */
async function shows(what, seconds) {
  for (const until = performance.now() + seconds * 1000; performance.now() < until && !isOver(); await sleep(50))
    if (what.test(text())) return true;
  return false;
}

const seen = new Map();
/** To the stage of this number. Where digits are answers, `g` leads to the stages. */
async function stage(digit, name) {
  const bar = new RegExp(`▸${digit} `);
  if (/> (Predict|You decide)/.test(line(0))) await press("g");
  await press(digit);
  if (await shows(bar, 8)) seen.set(name, (seen.get(name) ?? 0) + 1);
  else missed++;
}
let missed = 0;
const isInList = () => /Enter open it/.test(text());

/** All screens of the lesson that is marked in the list, and back to the list. */
async function lesson() {
  await press(ENTER);
  await shows(/▸1 story/, 8);
  await stage("1", "story");
  await press(TAB, "j", "k", TAB, "?", ESC, ":", ESC);
  await stage("2", "predict");
  await press("1", "2", ENTER, "1", ENTER, "s");
  await stage("3", "watch");
  await press(...Array.from({ length: 8 }, () => RIGHT), ...Array.from({ length: 4 }, () => LEFT), "n", "p", "v", "v", "?", ESC);
  await stage("4", "decide");
  await press("1", "2", "1", "p", "u", "2", "1");
  await stage("5", "every order");
  await shows(/t step through/, 10);
  await press("j", "k", "n", "t", RIGHT, RIGHT);
  await stage("5", "every order");
  await press("s", ENTER);
  await stage("5", "every order");
  await press("f");
  await sleep(1500);
  await stage("6", "threads");
  await press(ENTER);
  await shows(/r run|Enter run|again/, 20);
  await press("j", ENTER);
  await shows(/r run|Enter run|again/, 20);
  await press(RIGHT, RIGHT, TAB, TAB, "v", "v");
  await stage("7", "compare");
  await press(ENTER);
  await sleep(6000);
  await press("j", "k", "s");
  await sleep(6000);
  await press(TAB, TAB, TAB);
  await stage("8", "fix it");
  await sleep(1000);
  await press("i", TAB, TAB);
  for (let i = 0; i < 6 && !isInList(); i++) {
    // A question at the way out is answered with no.
    await press(ESC);
    for (const until = performance.now() + 1000; performance.now() < until && !isInList() && !isOver(); await sleep(50));
  }
}

function look() {
  const status = readFileSync(`/proc/${child.pid}/status`, "utf8");
  const figure = (name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1]);
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").split(" ").filter(Boolean).length;
  const files = readdirSync(`/proc/${child.pid}/fd`).length;
  return { at: performance.now() - began, mb: figure("VmRSS") / 1024, threads: figure("Threads"), children, files };
}
/** Milliseconds of CPU that the program has taken, with its threads and the processes that it has waited for. */
function taken() {
  const fields = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1].split(" ");
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * 10;
}
async function restWithin() {
  while (!isOver() && taken() > share * (performance.now() - began)) await sleep(1000);
}
const samples = [];
const sampling = setInterval(() => {
  try {
    samples.push(look());
  } catch {
    exited = true;
  }
}, SAMPLE_MS);
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
let [printed, round, lessons, warm] = [0, 0, 0, 0];
const printing = setInterval(() => {
  const fresh = samples.slice(printed);
  printed = samples.length;
  const { threads, children, files } = fresh.at(-1) ?? {};
  const mb = fresh.map((one) => one.mb);
  if (exited) return;
  console.log(
    `${((performance.now() - began) / 60_000).toFixed(1)} min: median ${Math.round(median(mb))} MB, at most ${Math.round(Math.max(...mb))}; ${threads} threads, ${files} files, ${children} children; ${lessons} lessons; ${((taken() / (performance.now() - began)) * 100).toFixed(0)} % of a core; load ${loadavg()[0].toFixed(1)}`,
  );
}, PRINT_MS);

await shows(/Enter open it/, 20);
while (!isOver()) {
  for (let i = 0; i < LESSONS && !isOver(); i++) {
    await lesson();
    lessons++;
    await press("j");
    await restWithin();
  }
  await press(...Array.from({ length: LESSONS }, () => "k"), "T");
  if (round++ === 0) warm = performance.now() - began;
  const [columns, height] = SIZES[round % SIZES.length];
  if (!exited) child.resize(columns, height);
  screen.resize(columns, height);
  await sleep(300);
}
clearInterval(printing);
clearInterval(sampling);
const died = exited;
child.kill("SIGTERM");
await Promise.race([sleep(3000), new Promise((gone) => child.onExit(gone))]);
rmSync(folder, { recursive: true, force: true });

const counted = samples.filter(({ at }) => at > warm);
const third = Math.floor(counted.length / 3);
const of = (part) => ({ median: median(part.map(({ mb }) => mb)), least: Math.min(...part.map(({ mb }) => mb)) });
const [first, last] = [of(counted.slice(0, third)), of(counted.slice(-third))];
const shown = ({ median, least }) => `median ${Math.round(median)} MB, least ${Math.round(least)}`;
console.log(`screens seen: ${[...seen].map(([name, times]) => `${name} ${times}`).join(", ")}`);
console.log(`${lessons} lessons; after the first ${round > 0 ? `${LESSONS} (${(warm / 60_000).toFixed(1)} min)` : "none"}:`);
console.log(`first third ${shown(first)}; last third ${shown(last)}`);
if (missed > 0) console.log(`${missed} stages were not reached`);
if (died) console.log("the program ended by itself");
process.exit(died || (last.median > first.median * 1.1 && last.median > first.median + 20) ? 1 : 0);
