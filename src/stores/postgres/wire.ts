/**
 * Statements on a connection that pg has opened and logged in, with pg-protocol's parser and serializer, but without
 * pg's `Client` and `Query`. A task that holds a row's lock spends the time between two statements here, and every task
 * that waits for the row waits that long. In pg a query is an event emitter in a queue: it copies its parameters twice, is described anew each
 * time, gets every message as an event, and leaves in four pieces. Here it leaves in one piece and is described once,
 * because the columns of a prepared statement do not change (PostgreSQL manual, "Extended Query").
 *
 * pg's own queries still work on the same connection, as long as none of these statements is under way.
 */
import type { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import pg, { type Client, type FieldDef } from "pg";
import { parse, serialize } from "pg-protocol";
import { StoreError } from "../../core/failure.js";
import { getOrInsert } from "../../core/get-or-insert.js";
import type { PostgresResult } from "./statements.js";

export interface WireResult extends PostgresResult {
  /** The first word of what was done: `SELECT`, `COMMIT`. */
  readonly command: string;
}

/** pg's connection, which its types do not show. The version of pg is pinned. */
type PgConnection = EventEmitter & { readonly stream: Socket };

/** How a statement's rows are read; null: it returns no rows. */
type Shape = readonly { readonly name: string; readonly read: (text: string) => unknown }[] | null;

/** A message of the server, by its name in pg-protocol. */
type Message =
  | { readonly name: "parseComplete" | "bindComplete" | "noData" | "emptyQuery" | "readyForQuery" }
  | { readonly name: "rowDescription"; readonly fields: readonly FieldDef[] }
  | { readonly name: "dataRow"; readonly fields: readonly (string | null)[] }
  | { readonly name: "commandComplete"; readonly text: string }
  | { readonly name: "error" };

const EXECUTE = serialize.execute();
const LAST = Buffer.concat([EXECUTE, serialize.sync()]);
const DESCRIBE = serialize.describe({ type: "P" });

/** Names of statements by their texts: a text has the same name on all connections. */
const names = new Map<string, string>();
/** The bytes of statements without parameters. There are only a few: BEGIN, COMMIT. */
const begins = new Map<string, Buffer>();
const commands = new Map<string, Buffer>();

const nameOf = (text: string): string => getOrInsert(names, text, () => `s${names.size}`);

class Wire {
  readonly #stream: Socket;
  /** Asked, and not answered to the end. The server answers in this order. */
  readonly #questions: Question[] = [];
  /** The statements that are prepared on this connection, by name; undefined: not described yet. */
  readonly #shapes = new Map<string, Shape | undefined>();

  constructor(connection: PgConnection) {
    this.#stream = connection.stream;
    this.#stream.removeAllListeners("data");
    parse(this.#stream, (message) => {
      if (this.#take(message as unknown as Message)) return;
      connection.emit(message.name === "error" ? "errorMessage" : message.name, message);
    });
    for (const event of ["error", "end"]) connection.once(event, () => this.#lost());
  }

  /** Runs a statement without parameters or rows. */
  command(text: string): Promise<WireResult> {
    return this.#ask(
      getOrInsert(commands, text, (text) => serialize.query(text)),
      new Question(),
    );
  }

  /**
   * Runs a statement with these parameters; `String` writes those that are no texts. Each connection prepares it the first
   * time. `opening`, a statement without parameters or rows, goes before it in the same packet, and the server answers both
   * at once.
   */
  prepared(text: string, values: readonly unknown[], opening?: string): Promise<WireResult> {
    const name = nameOf(text);
    const question = new Question(name, this.#shapes.get(name));
    const bytes: Buffer[] = [];
    if (opening !== undefined) {
      const begin = nameOf(opening);
      if (!this.#shapes.has(begin)) {
        question.parses.push(begin);
        bytes.push(serialize.parse({ name: begin, text: opening }));
      }
      bytes.push(getOrInsert(begins, begin, () => Buffer.concat([serialize.bind({ statement: begin }), EXECUTE])));
    }
    if (!this.#shapes.has(name)) {
      question.parses.push(name);
      bytes.push(serialize.parse({ name, text }));
    }
    bytes.push(serialize.bind({ statement: name, values: values.map(written) }));
    if (question.shape === undefined) bytes.push(DESCRIBE);
    bytes.push(LAST);
    return this.#ask(Buffer.concat(bytes), question);
  }

  #ask(bytes: Buffer, question: Question): Promise<WireResult> {
    return new Promise((resolve, reject) => {
      question.resolve = resolve;
      question.reject = reject;
      if (this.#stream.destroyed) return reject(new StoreError("08006"));
      this.#questions.push(question);
      this.#stream.write(bytes);
    });
  }

  /** False: the message does not belong to one of these questions. */
  #take(message: Message): boolean {
    const question = this.#questions[0];
    if (question === undefined) return false;
    switch (message.name) {
      case "parseComplete":
        this.#shapes.set(question.parses.shift() as string, undefined);
        return true;
      case "rowDescription":
        question.shape = message.fields.map(({ name, dataTypeID }) => ({
          name,
          read: pg.types.getTypeParser(dataTypeID, "text"),
        }));
        return true;
      case "noData":
        question.shape = null;
        return true;
      case "dataRow":
        question.rows.push(rowOf(message.fields, question.shape as NonNullable<Shape>));
        return true;
      case "commandComplete":
        question.tag = message.text;
        return true;
      case "error":
        question.error = message;
        return true;
      case "readyForQuery":
        this.#questions.shift();
        if (question.name !== undefined && this.#shapes.has(question.name)) this.#shapes.set(question.name, question.shape);
        question.settle();
        return true;
      case "bindComplete":
      case "emptyQuery":
        return true;
      default:
        return false;
    }
  }

  /** Refuses all questions: with the server's last error, or because the connection is lost. */
  #lost(): void {
    for (const { reject, error } of this.#questions.splice(0)) reject(error ?? new StoreError("08006"));
  }
}

class Question {
  resolve!: (answer: WireResult) => void;
  reject!: (error: unknown) => void;
  readonly rows: { [column: string]: unknown }[] = [];
  /** Names of the statements that this question prepares. */
  readonly parses: string[] = [];
  tag = "";
  error: unknown;

  constructor(
    readonly name?: string,
    public shape?: Shape,
  ) {}

  settle(): void {
    const { tag, rows, error } = this;
    // `COMMIT`, `UPDATE 1`, `INSERT 0 1`
    const end = tag.indexOf(" ");
    if (error !== undefined) this.reject(error);
    else if (end < 0) this.resolve({ command: tag, rowCount: null, rows });
    else this.resolve({ command: tag.slice(0, end), rowCount: Number(tag.slice(tag.lastIndexOf(" ") + 1)), rows });
  }
}

function rowOf(fields: readonly (string | null)[], shape: NonNullable<Shape>): { [column: string]: unknown } {
  const row: { [column: string]: unknown } = {};
  for (let i = 0; i < fields.length; i++) {
    const { name, read } = shape[i]!;
    const text = fields[i]!;
    row[name] = text === null ? null : read(text);
  }
  return row;
}

const written = (value: unknown): string | null => (value === null || typeof value === "string" ? value : String(value));

const wires = new WeakMap<Client, Wire>();

/** `client` is logged in, and no query of pg's own is under way on it: the last one succeeded, or another succeeded after it. */
export const wireOf = (client: Client): Wire =>
  getOrInsert(wires, client, () => new Wire((client as unknown as { connection: PgConnection }).connection));
