/**
 * A TCP proxy before a database. It delays what goes through, and loses one commit: it forwards the n-th COMMIT (on Redis
 * the n-th EVALSHA of one script), keeps the answer to itself, and closes that client. Or it cuts all connections, in the
 * middle of an answer, or calls somebody at a moment of the test's choice.
 */
import { createServer, connect as dial, type Server, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

export interface ProxyOptions {
  /** Milliseconds added on the way to the server, and again on the way back. */
  readonly delay?: number;
  /** Which commit is lost, from 1; absent: none. */
  readonly lose?: number;
  /** "answer", the default: the server commits, and nobody hears of it. "question": the server never hears of the commit. */
  readonly what?: "answer" | "question";
  /** PostgreSQL: milliseconds between an error and the server's next message, which says that it is ready again. */
  readonly afterError?: number;
  /** Redis: the hash of the script whose EVALSHA counts as a commit. */
  readonly script?: string;
  /** Called once, and waited for, before the n-th piece of what clients send goes on to the server. */
  readonly before?: { readonly piece: number; readonly act: () => Promise<void> | void };
}

export interface Proxy {
  /** The server's URL, through the proxy. */
  readonly url: string;
  /** Commits seen so far, and whether one was lost. */
  readonly seen: { commits: number; isLost: boolean; pieces: number };
  /** From now on nobody is let in. */
  refuse(): void;
  /** Half of the next answer still arrives. Then all connections are closed, and nobody is let in. */
  cut(): void;
  close(): Promise<void>;
}

/** What one connection's bytes mean, engine by engine. */
interface Reader {
  /** How many commits are in these bytes of the client? */
  asks(chunk: Buffer): number;
  /** Is the answer to that commit in these bytes of the server? */
  answers(chunk: Buffer): boolean;
}

export async function startProxy(url: string, options: ProxyOptions): Promise<Proxy> {
  const { delay = 0, lose, what = "answer", script = "", afterError = 0, before } = options;
  const target = new URL(url);
  const engine = engines[target.protocol as keyof typeof engines];
  const [host, port] = [target.hostname || "localhost", Number(target.port) || engine.port];
  const seen = { commits: 0, isLost: false, pieces: 0 };
  const open = new Set<Socket>();
  let isCutting = false;
  const closeAll = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  const server: Server = createServer((client) => {
    const upstream = dial({ host, port });
    const reader = engine.reader(script);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.setNoDelay(true);
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        later(delay, () => other.end());
      });
    }
    let losing = false;
    let turn: Promise<unknown> = Promise.resolve();
    const messagesIn = messagesOf();
    client.on("data", (chunk: Buffer) => {
      const already = seen.commits;
      seen.commits += reader.asks(chunk);
      if (lose !== undefined && already < lose && lose <= seen.commits) {
        seen.isLost = true;
        losing = true;
        if (what === "question") return void client.destroy();
      }
      if (before && ++seen.pieces === before.piece) {
        client.pause();
        return void Promise.resolve(before.act()).then(() => {
          client.resume();
          upstream.write(chunk);
        });
      }
      later(delay, () => upstream.write(chunk));
    });
    upstream.on("data", (chunk: Buffer) => {
      if (isCutting) return void client.write(chunk.subarray(0, chunk.length >> 1), closeAll);
      const isAnswer = reader.answers(chunk);
      if (losing) return void (isAnswer && client.destroy());
      if (afterError === 0) return later(delay, () => client.write(chunk));
      for (const message of messagesIn(chunk))
        turn = turn.then(() => {
          client.write(message);
          return message[0] === ERROR ? pause(afterError) : undefined;
        });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  target.hostname = "127.0.0.1";
  target.port = String((server.address() as { port: number }).port);
  return {
    url: target.href,
    seen,
    refuse: () => void server.close(),
    cut() {
      isCutting = true;
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

const later = (ms: number, act: () => void): void => void (ms > 0 ? setTimeout(act, ms) : act());

const always = () => true;

/** The type of PostgreSQL's ErrorResponse. */
const ERROR = "E".charCodeAt(0);

/** Cuts what a PostgreSQL server sends into messages. */
function messagesOf(): (chunk: Buffer) => Buffer[] {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const messages: Buffer[] = [];
    while (rest.length >= 5 && rest.length > rest.readUInt32BE(1)) {
      const end = 1 + rest.readUInt32BE(1);
      messages.push(rest.subarray(0, end));
      rest = rest.subarray(end);
    }
    return messages;
  };
}

/** PostgreSQL: `Q` with COMMIT, or an Execute of a portal that is bound to a prepared COMMIT. */
function postgres(): Reader {
  /** The first message has no type. */
  let isFirst = true;
  let rest = Buffer.alloc(0);
  const commits = new Set<string>();
  const bound = new Set<string>();
  const texts = (body: Buffer): string[] => body.toString("latin1").split("\0");
  const isCommit = (type: string, body: Buffer): boolean => {
    const [first = "", second = ""] = texts(body);
    if (type === "Q") return /^\s*commit\b/i.test(first);
    if (type === "P") void (/^\s*commit\b/i.test(second) ? commits.add(first) : commits.delete(first));
    if (type === "B") void (commits.has(second) ? bound.add(first) : bound.delete(first));
    return type === "E" && bound.has(first);
  };
  return {
    asks(chunk) {
      rest = Buffer.concat([rest, chunk]);
      let found = 0;
      for (;;) {
        const head = isFirst ? 0 : 1;
        if (rest.length < head + 4) return found;
        const end = head + rest.readUInt32BE(head);
        if (rest.length < end) return found;
        if (!isFirst && isCommit(String.fromCharCode(rest[0] as number), rest.subarray(5, end))) found++;
        isFirst = false;
        rest = rest.subarray(end);
      }
    },
    answers: (chunk) => chunk.includes("COMMIT\0"),
  };
}

const COM_QUERY = 0x03;
const COM_STMT_PREPARE = 0x16;
const COM_STMT_EXECUTE = 0x17;

/** MariaDB: a query COMMIT, or an execution of a prepared one. A client asks one thing at a time. */
function mysql(): Reader {
  const commits = new Set<number>();
  let isPreparing = false;
  return {
    asks(chunk) {
      const [kind, text] = [chunk[4], chunk.subarray(5).toString("latin1")];
      isPreparing = kind === COM_STMT_PREPARE && /^\s*commit\b/i.test(text);
      if (kind === COM_STMT_EXECUTE) return Number(commits.has(chunk.readUInt32LE(5)));
      return Number(kind === COM_QUERY && /^\s*commit\b/i.test(text));
    },
    answers(chunk) {
      if (isPreparing && chunk[4] === 0) commits.add(chunk.readUInt32LE(5));
      isPreparing = false;
      return true;
    },
  };
}

const redis = (script: string): Reader => ({
  asks: (chunk) => chunk.toString("latin1").split(`evalsha\r\n$40\r\n${script}`).length - 1,
  answers: always,
});

const engines = {
  "postgres:": { port: 5432, reader: postgres },
  "mysql:": { port: 3306, reader: mysql },
  "redis:": { port: 6379, reader: redis },
} as const;
