/**
 * Redis. Everything lives under a prefix of racelab's own (`racelab:…`), made when the store is opened and dropped when
 * it is closed. All keys are in one set, so that no pattern is scanned for, and nothing else is touched.
 *
 * One connection serves all lines of a thread, in order: an operation is one command or one script (scripts.ts), so it is
 * atomic and one round trip. A second connection is told which line is next for a lock. There are no transactions, no
 * row locks and no isolation levels: MULTI does not isolate what was read before it, and a strategy that believed it did
 * would teach the wrong thing.
 */
import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import { StoreError } from "../../core/failure.js";
import { type KnownNames, knownNames } from "../../core/known-names.js";
import type { Rows } from "../../core/operation.js";
import { isPlain } from "../../core/relation.js";
import type { Server } from "../../core/server.js";
import type { Capability, Connection, Store, Watch } from "../../core/store.js";
import type { Tables } from "../../core/table.js";
import { droppedNotices, Keeper } from "../keeper.js";
import { failureOf, fields, keysUnder, RedisCommands } from "./commands.js";
import { RedisLine, type RedisTrunk } from "./line.js";
import { redisScripts } from "./scripts.js";
import { redisAt } from "./server.js";
import { dropDeserted } from "./shared-queue.js";

/** The prefixes that are open. A run that was killed leaves its own there. */
const REGISTRY = "racelab:open";
/** Keys in one command. */
const CHUNK = 1000;

const randomName = (): string => randomBytes(6).toString("hex");

export async function redisStore(url: string): Promise<Store> {
  const server = await redisAt(url);
  const prefix = server.space ?? `racelab:${randomName()}`;
  const keeper = await Keeper.open(
    {
      server,
      where: `Redis at ${server.name}`,
      left: `Its keys ${prefix}:* go at the next start`,
      isGuest: server.space !== undefined,
    },
    2,
  );
  const store = new RedisStore(keeper, prefix);
  await keeper.opening(() => store.open());
  return store;
}

class RedisStore implements Store, RedisTrunk {
  names: KnownNames | undefined;
  readonly capabilities: ReadonlySet<Capability> = new Set([
    "versions",
    "locks",
    "conditional-update",
    "leases",
    "fencing",
    "queues",
  ] as const);
  readonly notices: string[] = [];
  readonly address: string;
  readonly lost: AbortSignal;
  readonly commands: RedisCommands;
  readonly channels: string;
  readonly lines = new Map<string, RedisLine>();
  readonly #keeper: Keeper<Redis>;
  readonly #prefix: string;
  /** The name of this client. Its lines are `client:line`. */
  readonly #client = randomName();
  #connected = 0;

  constructor(keeper: Keeper<Redis>, prefix: string) {
    this.#keeper = keeper;
    this.#prefix = prefix;
    this.address = keeper.server.urlOf(prefix);
    this.lost = keeper.lost;
    this.commands = new RedisCommands(keeper.client, prefix);
    this.channels = `${prefix}:client:`;
    keeper.dependents.push({
      cut: () => {
        for (const line of this.lines.values()) line.yourTurn();
      },
    });
  }

  async open(): Promise<void> {
    const { commands, lines } = this;
    const { isGuest, clients } = this.#keeper;
    const { open, tables } = commands.at;
    const [client, subscriber] = clients as [Redis, Redis];
    subscriber.on("message", (_, line: string) => lines.get(line)?.yourTurn());
    await subscriber.subscribe(this.channels + this.#client, ...(isGuest ? [] : [open]));
    if (isGuest) commands.declare(JSON.parse((await client.get(tables)) ?? "{}") as Tables);
    else this.notices.push(...droppedNotices(await this.#register(client)));
  }

  /** Registers the prefix, and drops those of dead runs: no client is subscribed to their channels any more. */
  async #register(client: Redis): Promise<readonly string[]> {
    const others = (await client.smembers(REGISTRY)).filter((other) => other !== this.#prefix);
    await client.sadd(REGISTRY, this.#prefix);
    const isOpen = (channel: string) => this.commands.run(redisScripts.isThere, [REGISTRY], channel);
    // Asked also where there is no other prefix: a user who may not run scripts is told so now.
    await isOpen(this.commands.at.open);
    const left: string[] = [...(await dropDeserted(client))];
    for (const other of others) {
      if ((await isOpen(keysUnder(other).open)) !== 0) continue;
      await drop(client, other);
      left.push(other);
    }
    return left;
  }

  async connect(watch?: Watch, server: Server = 1): Promise<Connection> {
    return new RedisLine(this, `${this.#client}:${++this.#connected}`, watch, server);
  }

  know(rows: Rows, tables?: Tables): void {
    this.names = knownNames(rows, tables);
  }

  async reset(rows: Rows, tables: Tables = {}): Promise<void> {
    this.know(rows, tables);
    const guarded = Object.entries(tables).find(([, table]) => !isPlain(table));
    if (guarded)
      throw new StoreError(
        "0A000",
        `Redis keeps no unique keys and no checks (table ${guarded[0]}): use memory: or postgres://…`,
      );
    const { commands } = this;
    const { client, at } = commands;
    commands.declare(tables);
    try {
      await drop(client, this.#prefix);
      if (!this.#keeper.isGuest) await client.sadd(REGISTRY, this.#prefix);
      // A store that joins has to know what a key says of its row.
      await client.set(at.tables, JSON.stringify(tables));
      const entries = Object.entries(rows);
      for (let i = 0; i < entries.length; i += CHUNK) {
        const some = entries.slice(i, i + CHUNK);
        const batch = client.pipeline().sadd(at.all, ...some.map(([key]) => `${at.row}${key}`));
        for (const [key, row] of some) batch.hset(`${at.row}${key}`, "version", "0", ...fields(row));
        for (const [error] of (await batch.exec()) ?? []) if (error) throw error;
      }
    } catch (error) {
      if (this.lost.aborted) throw this.lost.reason;
      const failure = failureOf(error);
      throw failure.code === "53100" ? this.#keeper.server.unavailable(error) : failure;
    }
  }

  async state(): Promise<Rows> {
    try {
      return await this.commands.everything();
    } catch (error) {
      throw this.#keeper.failed(failureOf(error));
    }
  }

  async close(): Promise<void> {
    if (!this.#keeper.isGuest && !this.lost.aborted) await drop(this.commands.client, this.#prefix).catch(() => {});
    await this.#keeper.close();
  }
}

/** The keys that do not begin others: see `keysUnder`. */
const single = ["keys", "tables", "births", "fences", "tokens", "counts", "answers", "calls"] as const;

/** Removes all keys under a prefix, the set of them last. */
async function drop(client: Redis, prefix: string): Promise<void> {
  const keys = await client.smembers(`${prefix}:keys`);
  for (let i = 0; i < keys.length; i += CHUNK) await client.unlink(...keys.slice(i, i + CHUNK));
  await client.unlink(...single.map((name) => `${prefix}:${name}`));
  await client.srem(REGISTRY, prefix);
}
