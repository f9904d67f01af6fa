/**
 * Redis. Everything lives under a prefix of racelab's own (`racelab:…:`), made when the store is opened and dropped
 * when it is closed: all keys are in one set, so nothing is looked for by pattern, and nothing else is touched.
 *
 * One connection serves all lines of a thread, in order: an operation is one command or one script, so it is atomic
 * and one round trip. A second connection hears who is next for a lock. There are no transactions, no row locks and
 * no levels: MULTI isolates nothing that was read before it, and pretending otherwise would teach the wrong thing.
 */
import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import type { Redis } from "ioredis";
import { refused, StoreError } from "../../core/failure.js";
import { getOrInsert } from "../../core/get-or-insert.js";
import type { ConditionalUpdate, Json, Key, Operation, Responses, Row, Rows } from "../../core/operation.js";
import { isPlain, keyColumns, relation, tableOf } from "../../core/relation.js";
import type { Server } from "../../core/server.js";
import type { Connection, Store, Watch } from "../../core/store.js";
import type { Tables } from "../../core/table.js";
import { lifeline } from "../lifeline.js";
import { dropDeserted } from "./meetings.js";
import * as scripts from "./scripts.js";
import { cutClient, joining, serverAt, unavailable } from "./server.js";

/** The prefixes that are open: whoever killed its run left one there. */
const REGISTRY = "racelab:open";
/** Milliseconds that a lease lasts by the server's clock. */
const LEASE_MS = 2000;
/** Milliseconds between two looks at a lease or a queue that gives nothing. Doubled each time, up to the second. */
const LOOK_MS = [2, 32] as const;
/** Milliseconds after which a line that waits for a lock looks whether those before it are still there. */
const GONE_MS = 500;
/** Keys in one command. */
const CHUNK = 1000;

export async function redisStore(url: string): Promise<Store> {
  const server = await serverAt(url);
  const prefix = server.prefix ?? `racelab:${randomBytes(6).toString("hex")}`;
  const client = await server.connect();
  const ear = await server.connect().catch((error) => {
    cutClient(client);
    throw error;
  });
  const at = keysUnder(prefix);
  const me = randomBytes(6).toString("hex");
  const channels = `${prefix}:client:`;
  const notices: string[] = [];
  let declared: Tables = {};
  const keyedColumns = new Map<Key, { readonly columns: Row; readonly text: string }>();
  let opened = 0;
  const lines = new Map<string, Line>();

  /** Runs a script: by its hash, which the server knows once it has seen the text. */
  async function run({ sha, text }: scripts.Script, keys: readonly string[], ...values: (string | number)[]): Promise<unknown> {
    try {
      return await client.evalsha(sha, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error as Error).message.startsWith("NOSCRIPT")) throw error;
      return client.eval(text, keys.length, ...keys, ...values);
    }
  }

  ear.on("message", (_, line: string) => lines.get(line)?.yourTurn());
  const life = lifeline({
    ask: () => client.ping(),
    askAnew: async () => cutClient(await server.connect()),
    cut() {
      for (const connection of [client, ear]) cutClient(connection);
      for (const line of lines.values()) line.yourTurn();
    },
    where: `Redis at ${server.name}`,
    left: `Its keys ${prefix}:* go at the next start`,
    isGuest: server.prefix !== undefined,
  });
  const isGone = () => life.lost.aborted;
  for (const connection of [client, ear]) connection.on("close", life.broke);
  try {
    await ear.subscribe(channels + me, ...(server.prefix === undefined ? [at.open] : []));
    if (server.prefix === undefined) notices.push(...(await open()));
    else declared = JSON.parse((await client.get(at.tables)) ?? "{}") as Tables;
  } catch (error) {
    life.end();
    for (const connection of [client, ear]) cutClient(connection);
    throw life.lost.aborted ? life.lost.reason : unavailable(error, server.address);
  }

  /** Makes the prefix known, and drops those that were left behind: nobody is subscribed to their channel any more. */
  async function open(): Promise<readonly string[]> {
    const others = (await client.smembers(REGISTRY)).filter((other) => other !== prefix);
    await client.sadd(REGISTRY, prefix);
    // Asked also where nobody else is: whoever may not run scripts hears it now.
    await run(scripts.isThere, [REGISTRY], at.open);
    const left: string[] = [...(await dropDeserted(client))];
    for (const other of others) {
      if ((await run(scripts.isThere, [REGISTRY], keysUnder(other).open)) !== 0) continue;
      await drop(client, other);
      left.push(other);
    }
    return left.length > 0 ? [`rows of earlier runs that were killed were dropped (${left.join(", ")})`] : [];
  }

  function connect(watch?: Watch, on: Server = 1): Connection {
    const name = `${me}:${++opened}`;
    const held = new Set<string>();
    const leases = new Map<string, number>();
    /** Made when somebody sleeps: most lines never do, and one for each is dear. */
    let stop: AbortController | undefined;
    const sleep = (ms: number): Promise<unknown> => {
      stop ??= new AbortController();
      return pause(ms, undefined, { signal: stop.signal }).catch(() => {});
    };
    let closed = false;
    let last: Promise<unknown> = Promise.resolve();
    let turn = () => {};
    lines.set(name, { yourTurn: () => turn() });

    /** Until somebody says that it is this line's turn, or so many milliseconds have passed. */
    const told = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, ms);
        turn = () => {
          clearTimeout(timer);
          resolve();
        };
      });

    /** Asks until there is an answer; `once` says undefined, or after how many milliseconds there may be one. */
    async function look<T>(once: () => Promise<T | undefined>, wait: (ms: number) => Promise<unknown>): Promise<T> {
      let isWaiting = false;
      for (let ms: number = LOOK_MS[0]; ; ms = Math.min(ms * 2, LOOK_MS[1])) {
        const answer = await once();
        if (answer !== undefined) return answer;
        if (closed || isGone()) throw new StoreError("08006");
        if (!isWaiting) watch?.blocked();
        isWaiting = true;
        await wait(ms);
        if (closed || isGone()) throw new StoreError("08006");
      }
    }

    const lockKeys = (lock: string) => [`${at.lock}${lock}`, `${at.waiting}${lock}`, at.all];
    async function acquire(lock: string, wait: boolean): Promise<boolean> {
      const ask = async () => (await run(scripts.acquire, lockKeys(lock), name, channels, wait ? "wait" : "nowait")) === 1;
      if (!wait) {
        // A mutex is not reentrant: who asks again for what it holds waits for itself.
        if (held.has(lock) || !(await ask())) return false;
        held.add(lock);
        return true;
      }
      if (held.has(lock))
        return look<boolean>(
          async () => undefined,
          () => told(GONE_MS),
        );
      // Before it is asked for: the line may be told that it is its turn before it has heard that it must wait.
      held.add(lock);
      let called = Promise.resolve();
      return look(
        async () => {
          called = told(GONE_MS);
          return (await ask()) || undefined;
        },
        () => called,
      );
    }

    const lease = (lock: string, ms: number) => async (): Promise<number | undefined> => {
      const token = Number(await run(scripts.grant, [`${at.lease}${lock}`, at.tokens, at.all], lock, ms));
      if (token < 0) return undefined;
      leases.set(lock, token);
      return token;
    };

    async function release(lock: string): Promise<boolean> {
      if (held.delete(lock)) return (await run(scripts.release, lockKeys(lock), name, channels)) === 1;
      const token = leases.get(lock);
      if (token === undefined) return false;
      leases.delete(lock);
      return (await run(scripts.giveBack, [`${at.lease}${lock}`], token)) === 1;
    }

    /** Each server has locks of its own, beside those that all share. */
    const lockName = ({ lock, scope }: { readonly lock: string; readonly scope?: string }) =>
      scope === "server" ? `server ${on}: ${lock}` : lock;

    async function onLocks(operation: Extract<Operation, { kind: "acquire" }>): Promise<boolean | number> {
      const lock = lockName(operation);
      const isPatient = operation.ifLocked !== "nowait";
      if (!operation.lease && !operation.lasting) return acquire(lock, isPatient);
      const once = lease(lock, operation.lease ? LEASE_MS : 0);
      const token = isPatient ? await look(once, sleep) : ((await once()) ?? false);
      return operation.lease ? token : token !== false;
    }

    async function step(operation: Operation): Promise<Json> {
      if (closed || isGone()) throw new StoreError("08006");
      switch (operation.kind) {
        case "sleep":
          await sleep(operation.ms);
          if (closed) throw new StoreError("08006");
          return null;
        case "acquire":
          return onLocks(operation);
        case "release":
          return release(lockName(operation));
        case "receive": {
          const { topic, replyTo, exclusive } = operation;
          const once = async () =>
            (replyTo === undefined || replyTo === topic ? undefined : await received(replyTo, "reply")) ??
            (await received(topic, exclusive ? "exclusive" : ""));
          return operation.ifLocked === "nowait" ? ((await once()) ?? null) : look(once, sleep);
        }
        // An end of nothing: whoever tidies up after a refused BEGIN is not refused once more.
        case "rollback":
          return null;
        default:
          return beside(operation);
      }
    }

    const perform = <O extends Operation>(operation: O): Promise<Responses[O["kind"]]> => {
      const answered = last
        .then(() => step(operation))
        .then(
          (value) => {
            watch?.effect({ value });
            return value as unknown as Responses[O["kind"]];
          },
          (error) => {
            const failure = closed ? new StoreError("08006") : storeError(error);
            watch?.effect({ error: failure.code });
            throw failure;
          },
        );
      last = answered.catch(() => {});
      return answered;
    };

    return {
      perform,
      async close() {
        if (closed) return;
        closed = true;
        stop?.abort();
        turn();
        await last;
        // Those that it holds and those that it stands in line for: whoever is next is told.
        await Promise.all([...held].map((lock) => run(scripts.release, lockKeys(lock), name, channels).catch(() => {})));
        lines.delete(name);
      },
    };
  }

  const rowKeys = (key: Key) => [`${at.row}${key}`, at.all, at.births, at.fences];
  const queueKeys = (topic: string) => [`${at.ready}${topic}`, `${at.out}${topic}`, `${at.message}${topic}`];

  async function received(topic: string, how: "" | "exclusive" | "reply"): Promise<Json | undefined> {
    const found = await run(scripts.receive, [...queueKeys(topic), at.counts], topic, how);
    if (found === null) return undefined;
    const [id, message, token] = found as [number, string, number];
    return { id, message: JSON.parse(message), ...(token > 0 && { token }), ...(how === "reply" && { isReply: true }) };
  }

  /** Whatever needs no line: one command or one script. */
  async function beside(operation: Operation): Promise<Json> {
    switch (operation.kind) {
      case "read":
        return rowOf(await client.hgetall(`${at.row}${operation.key}`))?.row ?? null;
      case "read-versioned": {
        const found = rowOf(await client.hgetall(`${at.row}${operation.key}`));
        return found ? { row: found.row, version: found.version } : null;
      }
      case "write": {
        const { key, row, token = "" } = operation;
        if ((await run(scripts.write, rowKeys(key), key, token, ...fields(row))) === scripts.TOO_OLD)
          throw new StoreError("55000");
        return null;
      }
      case "insert":
        return (await run(scripts.insert, rowKeys(operation.key), operation.key, "", ...fields(operation.row))) === 1;
      case "compare-and-set": {
        const { key, row, version, token = "" } = operation;
        const answer = await run(scripts.compareAndSet, rowKeys(key), key, token, version, ...fields(row));
        if (answer === scripts.TOO_OLD) throw new StoreError("55000");
        return answer === 1;
      }
      case "delete":
        return Number(await run(scripts.remove, [`${at.row}${operation.key}`, at.all]));
      case "update-where":
        return update(operation);
      case "raise-fence":
        return (await run(scripts.raiseFence, [at.fences], operation.key, operation.token)) === 1;
      case "expire":
        await client.del(`${at.lease}${operation.lock}`);
        return null;
      case "publish":
        await run(
          scripts.publish,
          [...queueKeys(operation.topic), at.counts, at.all],
          operation.topic,
          JSON.stringify(operation.message),
        );
        return null;
      case "ack":
        return (await run(scripts.acknowledge, queueKeys(operation.topic), operation.topic, operation.id)) === 1;
      case "redeliver":
        await run(scripts.redeliver, queueKeys(operation.topic), operation.topic, operation.id);
        return null;
      case "call":
        return call(operation.service, operation.request);
      case "begin":
      case "commit":
      case "savepoint":
      case "select-for-update":
        throw new StoreError("0A000", "Redis has no transactions and no row locks: use memory: or postgres://…");
      default:
        throw refused("Redis", operation.kind);
    }
  }

  /** A row's columns that its key says, and the same as JSON: a hot row's are asked for again and again. */
  const keyed = (key: Key) =>
    getOrInsert(keyedColumns, key, () => {
      const columns = keyColumns(relation(declared, tableOf(key)), key);
      return { columns, text: JSON.stringify(columns) };
    });

  async function update({ key, where = true, set }: ConditionalUpdate): Promise<number> {
    const { columns, text } = keyed(key);
    for (const column in set)
      if (Object.hasOwn(columns, column))
        throw new StoreError("0A000", `Redis cannot give a row another key (${column}): use memory: or postgres://…`);
    return Number(await run(scripts.updateWhere, [`${at.row}${key}`], JSON.stringify(where), JSON.stringify(set), text));
  }

  async function call(service: string, request: Json): Promise<Json> {
    const key = (request as { readonly idempotencyKey?: Json } | null)?.idempotencyKey;
    const named = key === undefined ? "" : JSON.stringify([service, key]);
    const asked = JSON.stringify({ service, request });
    const answer = await run(scripts.call, [at.answers, at.calls], named, inOneForm(request), asked);
    if (answer === 3) return { ok: false, status: "refused" };
    return { ok: true, status: "done", ...(answer === 2 && { replayed: true }) };
  }

  async function reset(rows: Rows, tables: Tables = {}): Promise<void> {
    const guarded = Object.entries(tables).find(([, table]) => !isPlain(table));
    if (guarded)
      throw new StoreError(
        "0A000",
        `Redis keeps no unique keys and no checks (table ${guarded[0]}): use memory: or postgres://…`,
      );
    declared = tables;
    keyedColumns.clear();
    try {
      await drop(client, prefix);
      if (server.prefix === undefined) await client.sadd(REGISTRY, prefix);
      // For whoever joins, who has to know what a key says of its row.
      await client.set(at.tables, JSON.stringify(tables));
      const entries = Object.entries(rows);
      for (let i = 0; i < entries.length; i += CHUNK) {
        const some = entries.slice(i, i + CHUNK);
        const batch = client.pipeline().sadd(at.all, ...some.map(([key]) => `${at.row}${key}`));
        for (const [key, row] of some) batch.hset(`${at.row}${key}`, "version", "0", ...fields(row));
        for (const [error] of (await batch.exec()) ?? []) if (error) throw error;
      }
    } catch (error) {
      throw isGone() ? life.lost.reason : storeError(error);
    }
  }

  async function state(): Promise<Rows> {
    const rows: Record<Key, Row> = {};
    try {
      const found = (await run(scripts.everything, [at.all, at.calls], at.row, at.message)) as Everything;
      const [own, messages, calls] = found;
      for (const [key, flat] of own) rows[key] = rowOf(record(flat))?.row as Row;
      const counts = new Map<string, number>();
      for (const text of calls) {
        const { service, request } = JSON.parse(text) as { service: string; request: Json };
        counts.set(service, (counts.get(service) ?? 0) + 1);
        rows[`service/${service}/${counts.get(service)}`] = { request };
      }
      for (const [topic, flat] of messages)
        for (const [id, message] of Object.entries(record(flat))) rows[`queue/${topic}/${id}`] = { message: JSON.parse(message) };
      return rows;
    } catch (error) {
      if (storeError(error).code !== "08006" && !isGone()) throw storeError(error);
      life.broke();
      throw life.lost.reason;
    }
  }

  return {
    capabilities: new Set(["versions", "locks", "conditional-update", "leases", "fencing", "queues"] as const),
    notices,
    address: joining(server.url, prefix),
    lost: life.lost,
    connect: async (watch, on) => connect(watch, on),
    reset,
    state,
    async close() {
      if (server.prefix === undefined && !isGone()) await drop(client, prefix).catch(() => {});
      life.end();
      for (const connection of [client, ear]) cutClient(connection);
    },
  };
}

/** What a line can be told. */
interface Line {
  yourTurn(): void;
}

type Everything = readonly [
  rows: readonly (readonly [string, readonly string[]])[],
  messages: readonly (readonly [string, readonly string[]])[],
  calls: readonly string[],
];

const single = ["keys", "tables", "births", "fences", "tokens", "counts", "answers", "calls"] as const;

/** Where everything is. What ends in a colon is the beginning of many keys, all of them in the set `all`. */
const keysUnder = (prefix: string) => ({
  open: `${prefix}:open`,
  tables: `${prefix}:tables`,
  all: `${prefix}:keys`,
  births: `${prefix}:births`,
  fences: `${prefix}:fences`,
  tokens: `${prefix}:tokens`,
  counts: `${prefix}:counts`,
  answers: `${prefix}:answers`,
  calls: `${prefix}:calls`,
  row: `${prefix}:row:`,
  lock: `${prefix}:lock:`,
  waiting: `${prefix}:waiting:`,
  lease: `${prefix}:lease:`,
  ready: `${prefix}:ready:`,
  out: `${prefix}:out:`,
  message: `${prefix}:message:`,
});

/** Removes all that is under a prefix, the set that knows it last. */
async function drop(client: Redis, prefix: string): Promise<void> {
  const keys = await client.smembers(`${prefix}:keys`);
  for (let i = 0; i < keys.length; i += CHUNK) await client.unlink(...keys.slice(i, i + CHUNK));
  await client.unlink(...single.map((name) => `${prefix}:${name}`));
  await client.srem(REGISTRY, prefix);
}

const fields = (row: Row): string[] => Object.entries(row).flatMap(([column, value]) => [`.${column}`, JSON.stringify(value)]);

function rowOf(found: { readonly [field: string]: string }): { readonly row: Row; readonly version: number } | null {
  const { version, ...columns } = found;
  if (version === undefined) return null;
  const row = Object.fromEntries(Object.entries(columns).map(([field, text]) => [field.slice(1), JSON.parse(text) as Json]));
  return { row, version: Number(version) };
}

/** Redis' flat list of fields and values. */
const record = (flat: readonly string[]): { [field: string]: string } =>
  Object.fromEntries(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]));

/** The same text for equal values, whatever the order of their fields. */
const inOneForm = (value: Json): string =>
  JSON.stringify(value, (_, inner: Json) =>
    inner !== null && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort())
      : inner,
  );

function storeError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { name, message } = error as Error;
  const [first = ""] = message.split(" ");
  if (name !== "ReplyError") return new StoreError("08006");
  if (message.includes(scripts.MISFIT)) return new StoreError("42804", `the store cannot compute that: ${message}`);
  if (first === "OOM") return new StoreError("53100", `Redis is out of memory: nothing was changed`);
  return new StoreError("0A000", `Redis refuses it: ${message}`);
}
