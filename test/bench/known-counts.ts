/**
 * Answers that are too large for the suite, and must not change: `npx tsx test/bench/known-counts.ts`, half a minute. Exits with
 * 1 where one differs. States and schedules of coupon-rush and the states of write-skew were found by the engine of objects and texts (fa74ed2), too.
 */
import { exploreLesson } from "../../src/explore/explore.js";

const known = [
  ["coupon-rush", "serializable", 4, "holds: 53644820535575988012 schedules, 0 wrong, 449022 states"],
  ["write-skew", "serializable", 4, "holds: 2315430175680 schedules, 0 wrong, 178472 states"],
  ["coupon-rush", "row-lock", 5, "holds: 3595650024588 schedules, 0 wrong, 69137 states"],
  [
    "lost-update",
    "none",
    18,
    "violated: 1419041926536183233139035980800000000 schedules, 1419041926536183233132633607094272000 wrong, 2621440 states",
  ],
] as const;

for (const [lesson, strategy, tasks, expected] of known) {
  const request = { lesson, strategy, size: { tasks }, language: "en", limit: { seconds: 600 } } as const;
  const { exploration, ms } = await exploreLesson(request);
  const { verdict, schedules, violating, states, limits } = exploration;
  const found = `${[verdict, ...limits.map(({ limit }) => limit)].join(", ")}: ${schedules} schedules, ${violating} wrong, ${states} states`;
  const says = found === expected ? "as known" : `differs from what is known: ${expected}`;
  console.log(`${lesson} under ${strategy}, ${tasks} tasks, ${(ms / 1000).toFixed(1)} s: ${found}; ${says}`);
  if (found !== expected) process.exitCode = 1;
}
