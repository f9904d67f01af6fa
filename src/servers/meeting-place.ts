/** Where the servers of a run meet: a PostgreSQL or a Redis, as BullMQ has to know it, and with a clock that all can read. */
import { StoreUnavailable } from "../core/failure.js";
import { shareSchema } from "../stores/postgres/schemas.js";
import { QUEUES, shareQueue } from "../stores/redis/shared-queue.js";
import type { SharedSpace } from "../stores/shared-space.js";

export interface MeetingPlace extends Pick<SharedSpace, "now" | "leave" | "lost" | "notices"> {
  /** For people, without a password. */
  readonly name: string;
  readonly engine: "postgres" | "redis";
  /** The options of BullMQ's connection. */
  readonly connection: object;
  /** What BullMQ's keys on Redis begin with; on PostgreSQL it works in a schema instead. */
  readonly prefix: string;
}

export async function openMeetingPlace(url: string, name: string, isGuest: boolean): Promise<MeetingPlace> {
  if (/^postgres(ql)?:/.test(url)) return onPostgres(url, name, isGuest);
  if (/^rediss?:/.test(url)) return onRedis(url, name, isGuest);
  throw new StoreUnavailable("processes meet at a database that all of them reach: postgres://… or redis://…");
}

async function onPostgres(url: string, name: string, isGuest: boolean): Promise<MeetingPlace> {
  const schema = `racelab_${name}`;
  const shared = await shareSchema(url, schema, isGuest);
  return {
    ...shared,
    name: `PostgreSQL at ${shared.name}`,
    engine: "postgres",
    prefix: QUEUES,
    connection: { connectionString: shared.url, schema, migrate: true, max: 1, application_name: "racelab" },
  };
}

async function onRedis(url: string, name: string, isGuest: boolean): Promise<MeetingPlace> {
  const shared = await shareQueue(url, name, isGuest);
  return {
    ...shared,
    name: `Redis at ${shared.name}`,
    engine: "redis",
    prefix: QUEUES,
    connection: { url: shared.url, maxRetriesPerRequest: null },
  };
}
