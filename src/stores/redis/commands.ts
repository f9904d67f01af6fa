/** The keys of a store on Redis, and the operations that need no line: each is one command or one script. */
import type { Redis } from "ioredis";
import { refused, StoreError } from "../../core/failure.js";
import { getOrInsert } from "../../core/get-or-insert.js";
import { inOneForm } from "../../core/one-form.js";
import type { ConditionalUpdate, Json, Key, Operation, Row, Rows } from "../../core/operation.js";
import { keyColumns, relation, tableOf } from "../../core/relation.js";
import type { Tables } from "../../core/table.js";
import { callReply, idempotencyKeyOf, serviceRows } from "../service-calls.js";
import { MISFIT, type RedisScript, redisScripts, TOO_OLD } from "./scripts.js";

/** The keys under a prefix. A name that ends in a colon is the beginning of many keys, all of them in the set `all`. */
export const keysUnder = (prefix: string) => ({
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

export class RedisCommands {
  readonly at: ReturnType<typeof keysUnder>;
  #declared: Tables = {};
  /** The columns that a key says, and the same as JSON: those of a hot row are asked for again and again. */
  readonly #keyColumns = new Map<Key, { readonly columns: Row; readonly text: string }>();

  constructor(
    readonly client: Redis,
    prefix: string,
  ) {
    this.at = keysUnder(prefix);
  }

  /** Tells which tables the scenario declares, so that the columns of a key are known. */
  declare(tables: Tables): void {
    this.#declared = tables;
    this.#keyColumns.clear();
  }

  /** Runs a script by its hash, which the server knows once it has seen the text. */
  async run({ sha, text }: RedisScript, keys: readonly string[], ...values: (string | number)[]): Promise<unknown> {
    try {
      return await this.client.evalsha(sha, keys.length, ...keys, ...values);
    } catch (error) {
      if (!(error as Error).message.startsWith("NOSCRIPT")) throw error;
      return this.client.eval(text, keys.length, ...keys, ...values);
    }
  }

  #rowKeys(key: Key): readonly string[] {
    const { row, all, births, fences } = this.at;
    return [`${row}${key}`, all, births, fences];
  }

  #queueKeys(topic: string): readonly string[] {
    const { ready, out, message } = this.at;
    return [`${ready}${topic}`, `${out}${topic}`, `${message}${topic}`];
  }

  async perform(operation: Operation): Promise<Json> {
    const { client, at } = this;
    switch (operation.kind) {
      case "read":
        return rowOf(await client.hgetall(`${at.row}${operation.key}`))?.row ?? null;
      case "read-versioned": {
        const found = rowOf(await client.hgetall(`${at.row}${operation.key}`));
        return found ? { row: found.row, version: found.version } : null;
      }
      case "write": {
        const { key, row, token = "" } = operation;
        const answer = await this.run(redisScripts.write, this.#rowKeys(key), key, token, ...fields(row));
        if (answer === TOO_OLD) throw new StoreError("55000");
        return null;
      }
      case "insert": {
        const { key, row } = operation;
        return (await this.run(redisScripts.insert, this.#rowKeys(key), key, "", ...fields(row))) === 1;
      }
      case "compare-and-set": {
        const { key, row, version, token = "" } = operation;
        const answer = await this.run(redisScripts.compareAndSet, this.#rowKeys(key), key, token, version, ...fields(row));
        if (answer === TOO_OLD) throw new StoreError("55000");
        return answer === 1;
      }
      case "delete":
        return Number(await this.run(redisScripts.remove, [`${at.row}${operation.key}`, at.all]));
      case "update-where":
        return this.#update(operation);
      case "raise-fence":
        return (await this.run(redisScripts.raiseFence, [at.fences], operation.key, operation.token)) === 1;
      case "expire":
        await client.del(`${at.lease}${operation.lock}`);
        return null;
      case "publish": {
        const { topic, message } = operation;
        await this.run(redisScripts.publish, [...this.#queueKeys(topic), at.counts, at.all], topic, JSON.stringify(message));
        return null;
      }
      case "ack":
        return (await this.run(redisScripts.acknowledge, this.#queueKeys(operation.topic), operation.topic, operation.id)) === 1;
      case "redeliver":
        await this.run(redisScripts.redeliver, this.#queueKeys(operation.topic), operation.topic, operation.id);
        return null;
      case "call":
        return this.#call(operation.service, operation.request);
      case "begin":
      case "commit":
      case "savepoint":
      case "select-for-update":
        throw new StoreError("0A000", "Redis has no transactions and no row locks: use memory: or postgres://…");
      default:
        throw refused("Redis", operation.kind);
    }
  }

  /** Takes a message; undefined: the queue is empty. */
  async receive(topic: string, how: "" | "exclusive" | "reply"): Promise<Json | undefined> {
    const found = await this.run(redisScripts.receive, [...this.#queueKeys(topic), this.at.counts], topic, how);
    if (found === null) return undefined;
    const [id, message, token] = found as [number, string, number];
    return { id, message: JSON.parse(message), ...(token > 0 && { token }), ...(how === "reply" && { isReply: true }) };
  }

  async #update({ key, where = true, set }: ConditionalUpdate): Promise<number> {
    const { columns, text } = getOrInsert(this.#keyColumns, key, () => {
      const columns = keyColumns(relation(this.#declared, tableOf(key)), key);
      return { columns, text: JSON.stringify(columns) };
    });
    for (const column in set)
      if (Object.hasOwn(columns, column))
        throw new StoreError("0A000", `Redis cannot give a row another key (${column}): use memory: or postgres://…`);
    const { updateWhere } = redisScripts;
    return Number(await this.run(updateWhere, [`${this.at.row}${key}`], JSON.stringify(where), JSON.stringify(set), text));
  }

  async #call(service: string, request: Json): Promise<Json> {
    const { answers, calls } = this.at;
    const key = idempotencyKeyOf(request);
    const named = key === null ? "" : JSON.stringify([service, key]);
    const asked = JSON.stringify({ service, request });
    const answer = await this.run(redisScripts.call, [answers, calls], named, inOneForm(request), asked);
    return callReply(answer === 3 ? "refused" : answer === 2 ? "replayed" : "done");
  }

  /** The rows of the state, messages and calls included. */
  async everything(): Promise<Rows> {
    const { at } = this;
    const [own, messages, calls] = (await this.run(
      redisScripts.everything,
      [at.all, at.calls],
      at.row,
      at.message,
    )) as Everything;
    const rows: Record<Key, Row> = {};
    for (const [key, flat] of own) rows[key] = rowOf(record(flat))?.row as Row;
    for (const [key, row] of serviceRows(calls.map((text) => JSON.parse(text)))) rows[key] = row;
    for (const [topic, flat] of messages)
      for (const [id, message] of Object.entries(record(flat))) rows[`queue/${topic}/${id}`] = { message: JSON.parse(message) };
    return rows;
  }
}

/** What the script `everything` answers. */
type Everything = readonly [
  rows: readonly (readonly [string, readonly string[]])[],
  messages: readonly (readonly [string, readonly string[]])[],
  calls: readonly string[],
];

/** A row as fields and values, in turn. */
export const fields = (row: Row): string[] =>
  Object.entries(row).flatMap(([column, value]) => [`.${column}`, JSON.stringify(value)]);

function rowOf(found: { readonly [field: string]: string }): { readonly row: Row; readonly version: number } | null {
  const { version, ...columns } = found;
  if (version === undefined) return null;
  const row = Object.fromEntries(Object.entries(columns).map(([field, text]) => [field.slice(1), JSON.parse(text) as Json]));
  return { row, version: Number(version) };
}

/** The object that Redis' flat list of fields and values stands for. */
const record = (flat: readonly string[]): { [field: string]: string } =>
  Object.fromEntries(Array.from({ length: flat.length / 2 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]));

export function failureOf(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const { name, message } = error as Error;
  const [first = ""] = message.split(" ");
  if (name !== "ReplyError") return new StoreError("08006");
  if (message.includes(MISFIT)) return new StoreError("42804", `the store cannot compute that: ${message}`);
  if (first === "OOM") return new StoreError("53100", `Redis is out of memory: nothing was changed`);
  return new StoreError("0A000", `Redis refuses it: ${message}`);
}
