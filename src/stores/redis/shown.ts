/**
 * An operation as the commands that the store on Redis sends for it: the store's own line sends them, to a connection that
 * writes them down and says yes. So nothing is written twice, and what is shown is what is sent.
 */
import type { Redis } from "ioredis";
import { StoreError } from "../../core/failure.js";
import type { Operation } from "../../core/operation.js";
import type { Server } from "../../core/server.js";
import type { Tables } from "../../core/table.js";
import { RedisCommands } from "./commands.js";
import { RedisLine } from "./line.js";
import { redisScripts } from "./scripts.js";

const PREFIX = "shop";

/** What one task sends, operation after operation; a refusal of the store is its sentence. */
export interface ShownLine {
  of(operation: Operation): Promise<{ readonly sent: readonly string[] } | { readonly refused: string }>;
}

export function shownLine(tables: Tables, name: string, server: Server): ShownLine {
  const written: string[] = [];
  const commands = new RedisCommands(writingDown(written), PREFIX);
  commands.declare(tables);
  const trunk = { commands, channels: `${PREFIX}:client:`, lines: new Map(), lost: new AbortController().signal };
  const line = new RedisLine(trunk, name, undefined, server);
  return {
    async of(operation) {
      written.length = 0;
      try {
        await line.perform(operation);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        return { refused: error.message };
      }
      return { sent: [...written] };
    },
  };
}

const scriptNames = new Map(Object.entries(redisScripts).map(([name, { sha }]) => [sha, name]));
/** In their place a text; as a person would type it. */
const word = (value: string | number): string =>
  /^[^\s"]+$/.test(String(value)) ? String(value) : JSON.stringify(String(value));

/** A connection that writes down what it is sent and answers as if it was done. A script stands under its name in `scripts.ts`. */
const writingDown = (written: string[]): Redis => {
  const client = {
    async hgetall(key: string) {
      written.push(`HGETALL ${word(key)}`);
      return { version: "0" };
    },
    async del(key: string) {
      written.push(`DEL ${word(key)}`);
      return 1;
    },
    async evalsha(sha: string, keys: number, ...values: (string | number)[]) {
      const name = scriptNames.get(sha) ?? sha;
      const [places, given] = [values.slice(0, keys), values.slice(keys)];
      written.push(`EVALSHA ${name} ${keys} ${[...places, ...given].map(word).join(" ")}`.trimEnd());
      return name === "receive" ? [1, "null", 0] : 1;
    },
  };
  return client as unknown as Redis;
};
