/**
 * Where the servers of a run meet on a Redis: the keys of a queue under `racelab-queue:<name>:`. They live as long as a
 * process is subscribed to the meeting's channel; a meeting without subscribers was left behind by a `kill -9`.
 */
import type { Redis } from "ioredis";
import { Keeper } from "../keeper.js";
import type { SharedSpace } from "../shared-space.js";
import { redisScripts } from "./scripts.js";
import { redisAt } from "./server.js";

/** What the keys of all queues begin with. */
export const QUEUES = "racelab-queue";
/** The names of meetings that have been opened and not left. */
const REGISTRY = `${QUEUES}:open`;
/** Keys in one look. */
const CHUNK = 1000;

const channelOf = (name: string): string => `${QUEUES}:${name}:alive`;
const isDeserted = async (client: Redis, name: string): Promise<boolean> =>
  (await client.eval(redisScripts.isThere.text, 1, REGISTRY, channelOf(name))) === 0;

/** Drops what dead processes have left, and answers with the names. */
export async function dropDeserted(client: Redis): Promise<readonly string[]> {
  const left: string[] = [];
  for (const name of await client.smembers(REGISTRY)) {
    if (!(await isDeserted(client, name))) continue;
    await drop(client, name);
    left.push(`${QUEUES}:${name}`);
  }
  return left;
}

/** BullMQ chooses the names of its keys, so they have to be scanned for. */
async function drop(client: Redis, name: string): Promise<void> {
  for await (const keys of client.scanStream({ match: `${QUEUES}:${name}:*`, count: CHUNK }))
    if ((keys as string[]).length > 0) await client.unlink(...(keys as string[]));
  await client.srem(REGISTRY, name);
}

export async function shareQueue(url: string, name: string, isGuest: boolean): Promise<SharedSpace> {
  const server = await redisAt(url);
  const keeper = await Keeper.open(
    {
      server,
      where: `Redis at ${server.name}, where the servers meet`,
      left: "What it keeps of the meeting goes at the next start",
      isGuest,
    },
    2,
  );
  const { lost } = keeper;
  const [client, subscriber] = keeper.clients as [Redis, Redis];
  const left = await keeper.opening(async () => {
    await subscriber.subscribe(channelOf(name));
    await client.sadd(REGISTRY, name);
    return dropDeserted(client);
  });
  return {
    url: server.url,
    name: server.name,
    notices: left.length > 0 ? [`what earlier runs that were killed had left was dropped (${left.join(", ")})`] : [],
    lost,
    async now() {
      const [seconds, micros] = await client.time();
      return Number(seconds) * 1_000_000 + Number(micros);
    },
    async leave() {
      if (!lost.aborted) {
        await subscriber.unsubscribe(channelOf(name)).catch(() => {});
        if (await isDeserted(client, name).catch(() => false)) await drop(client, name).catch(() => {});
      }
      await keeper.close();
    },
  };
}
