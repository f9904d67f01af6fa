/**
 * A contest: racelab and its peers do the same work in turns, so that what else the machine does meets all of them. Rounds
 * at the beginning do not count: in them V8 compiles what is hot. A ratio is of the two rates of one round.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

export interface Contender {
  readonly name: string;
  /** One round: how many there were in a second. */
  round(): Promise<number>;
  close(): Promise<void>;
}

export interface Contest {
  /** What is done: one line of the table for each peer. */
  readonly what: string;
  readonly unit: string;
  /** Racelab, as it was built in this folder. */
  ours(root: string): Promise<Contender>;
  /** Each throws an `Absent` where it is not here. */
  readonly peers: readonly (() => Promise<Contender>)[];
}

/** A peer or a server is not here; the message says what is missing. */
export class Absent extends Error {}

/** A module of racelab as it was built in `root`. */
export const built = (root: string, path: string): Promise<never> =>
  import(pathToFileURL(join(root, "dist/src", path)).href) as Promise<never>;

export interface Row {
  readonly what: string;
  readonly unit: string;
  readonly ours: number;
  /** Null: there is no peer. */
  readonly peer: { readonly name: string; readonly rate: number; readonly ratios: readonly number[] } | null;
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
};

export interface Turns {
  readonly warmUp: number;
  readonly rounds: number;
  /** The folder of an older build, which takes part as a peer. */
  readonly older: string | undefined;
  readonly absent: (sentence: string) => void;
}

const HERE = join(import.meta.dirname, "../..");

export async function hold(contest: Contest, { warmUp, rounds, older, absent }: Turns): Promise<readonly Row[]> {
  const started: Contender[] = [];
  const start = async (begin: () => Promise<Contender>) => {
    try {
      started.push(await begin());
    } catch (error) {
      if (!(error instanceof Absent)) throw error;
      absent(`${contest.what}: ${error.message}`);
    }
  };
  await start(() => contest.ours(HERE));
  if (started.length === 0) return [];
  if (older !== undefined) {
    if (!existsSync(join(older, "dist/src"))) throw new Error(`${older} is not built: npm run prepare there`);
    await start(async () => ({ ...(await contest.ours(older)), name: "the older build" }));
  }
  for (const peer of contest.peers) await start(peer);
  try {
    const rates = started.map(() => [] as number[]);
    for (let round = 0; round < warmUp + rounds; round++)
      for (const [i, contender] of started.entries()) {
        const rate = await contender.round();
        if (round >= warmUp) rates[i]!.push(rate);
      }
    const [ours = [], ...theirs] = rates;
    const { what, unit } = contest;
    if (theirs.length === 0) return [{ what, unit, ours: median(ours), peer: null }];
    return theirs.map((rates, i) => ({
      what,
      unit,
      ours: median(ours),
      peer: { name: started[i + 1]!.name, rate: median(rates), ratios: rates.map((rate, round) => ours[round]! / rate) },
    }));
  } finally {
    for (const { close } of started) await close();
  }
}
