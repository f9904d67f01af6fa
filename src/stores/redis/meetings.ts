/**
 * Where processes meet on a Redis: a queue's keys under `racelab-queue:<name>:`, which live as long as somebody is
 * subscribed to the meeting's channel. What nobody is subscribed to any more was left behind by a `kill -9`.
 */
import type { Redis } from "ioredis";
import { lifeline } from "../lifeline.js";
import type { SharedPlace } from "../shared-place.js";
import { isThere } from "./scripts.js";
import { cutClient, serverAt, unavailable } from "./server.js";

export const QUEUES = "racelab-queue";
/** The names of meetings that have been opened and not left. */
const REGISTRY = `${QUEUES}:open`;
/** Keys in one look. */
const CHUNK = 1000;

const channelOf = (name: string): string => `${QUEUES}:${name}:alive`;
const isDeserted = async (client: Redis, name: string): Promise<boolean> =>
  (await client.eval(isThere.text, 1, REGISTRY, channelOf(name))) === 0;

/** Drops what dead processes have left; tells the names. */
export async function dropDeserted(client: Redis): Promise<readonly string[]> {
  const left: string[] = [];
  for (const name of await client.smembers(REGISTRY)) {
    if (!(await isDeserted(client, name))) continue;
    await drop(client, name);
    left.push(`${QUEUES}:${name}`);
  }
  return left;
}

/** BullMQ names its keys as it likes, so they are looked for; only what was left behind needs that. */
async function drop(client: Redis, name: string): Promise<void> {
  for await (const keys of client.scanStream({ match: `${QUEUES}:${name}:*`, count: CHUNK }))
    if ((keys as string[]).length > 0) await client.unlink(...(keys as string[]));
  await client.srem(REGISTRY, name);
}

export async function shareQueue(url: string, name: string, isGuest: boolean): Promise<SharedPlace> {
  const server = await serverAt(url);
  const client = await server.connect();
  const ear = await server.connect().catch((error) => {
    cutClient(client);
    throw error;
  });
  const life = lifeline({
    ask: () => client.ping(),
    askAnew: async () => cutClient(await server.connect()),
    cut: () => [client, ear].forEach(cutClient),
    where: `Redis at ${server.name}, where the servers meet`,
    left: "What it keeps of the meeting goes at the next start",
    isGuest,
  });
  for (const connection of [client, ear]) connection.on("close", life.broke);
  try {
    await ear.subscribe(channelOf(name));
    await client.sadd(REGISTRY, name);
    const left = await dropDeserted(client);
    return {
      ...{ url: server.url, name: server.name },
      notices: left.length > 0 ? [`what earlier runs that were killed had left was dropped (${left.join(", ")})`] : [],
      lost: life.lost,
      async now() {
        const [seconds, micros] = await client.time();
        return Number(seconds) * 1_000_000 + Number(micros);
      },
      async leave() {
        if (!life.lost.aborted) {
          await ear.unsubscribe(channelOf(name)).catch(() => {});
          if (await isDeserted(client, name).catch(() => false)) await drop(client, name).catch(() => {});
        }
        life.end();
        for (const connection of [client, ear]) cutClient(connection);
      },
    };
  } catch (error) {
    life.end();
    for (const connection of [client, ear]) cutClient(connection);
    throw life.lost.aborted ? life.lost.reason : unavailable(error, server.address);
  }
}
