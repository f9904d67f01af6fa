/**
 * All contests in one table: `npm run bench`. A few of them by name: `npm run bench -- memory redis`. README.md says what
 * each means.
 *
 *   --rounds N      rounds that count (5)
 *   --older FOLDER  an older build takes part as a peer: a worktree in which `npm run prepare` was run
 */
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";
import { type Contest, hold, median, type Row } from "./contest.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "5" }, older: { type: "string" } },
});

const groups: { readonly [name: string]: () => Promise<readonly Contest[]> } = {
  explorer: async () => (await import("./explorer.contests.js")).contests,
  memory: async () => (await import("./memory.contests.js")).contests,
  redis: async () => (await import("./redis.contests.js")).contests,
  postgres: async () => (await import("./postgres.contests.js")).contests,
};
const asked = positionals.length > 0 ? positionals : Object.keys(groups);
const unknown = asked.find((name) => !(name in groups));
if (unknown !== undefined) throw new Error(`no contest is called ${unknown}: there are ${Object.keys(groups).join(", ")}`);

const load = () =>
  loadavg()
    .slice(0, 2)
    .map((one) => one.toFixed(1))
    .join(" and ");
const rate = (n: number) => Math.round(n).toLocaleString("en");
const ratio = (n: number) => n.toFixed(2);
const widths = [44, 22, 34, 12, 7];
const print = (...cells: readonly string[]) =>
  console.log(cells.map((cell, i) => (i === 0 || i === 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i] ?? 0))).join("  "));

function show({ what, unit, ours, peer }: Row): void {
  const spread = peer && `${ratio(Math.min(...peer.ratios))} to ${ratio(Math.max(...peer.ratios))}`;
  const beside = peer ? [peer.name, rate(peer.rate), ratio(median(peer.ratios)), spread ?? ""] : ["no peer", "", "", ""];
  print(what, `${rate(ours)} ${unit}`, ...beside);
}

const began = performance.now();
const missing: string[] = [];
console.log(`${availableParallelism()} cores, Node ${process.version}; load of the last 1 and 5 minutes: ${load()}\n`);
print("", "racelab, median", "peer", "median", "ratio", "spread");
for (const name of asked)
  for (const contest of await groups[name]!())
    for (const row of await hold(contest, {
      warmUp: 2,
      rounds: Number(values.rounds),
      older: values.older,
      absent: (sentence) => missing.push(sentence),
    }))
      show(row);
for (const sentence of missing) console.log(`skipped: ${sentence}`);
const seconds = Math.round((performance.now() - began) / 1000);
console.log(`\n${values.rounds} rounds in turns after 2 that do not count, ${seconds} s; load now ${load()}`);
process.exit();
