/** Builders of commands that several screens have: the same keys, the same words, the same hints. */

/** Milliseconds between reading and writing that `t` goes through. */
const thinkTimes = [0, 1, 2, 5, 10] as const;
/** The next longer think time; after the longest the shortest. */
export const nextThink = (now: number): number => thinkTimes.find((time) => time > now) ?? thinkTimes[0];
export const mostWorkers = 16;
