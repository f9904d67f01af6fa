/**
 * Statements on pg's connection with nothing of pg's `Query` around them. Whoever holds a row's lock turns round here
 * between two statements, and everybody behind it waits for that: in pg a query is an event emitter, copies what it was
 * given twice, is described anew each time, and leaves in four pieces. Here it is one piece, and described once: what a
 * prepared statement's rows look like does not change (PostgreSQL manual, "Extended Query").
 */
import pg, { type Client, type FieldDef } from "pg";
import { serialize } from "pg-protocol";
import type { Result } from "./postgres-statements.js";

/** The parts of pg's connection that its types leave out. The version of pg is pinned. */
interface Wire {
  readonly stream: { write(bytes: Buffer): boolean };
  /** Texts by name, kept by pg. */
  readonly parsedStatements: { [name: string]: string | undefined };
  readonly submittedNamedStatements: { [name: string]: string | undefined };
}

export interface Answer extends Result {
  /** The first word of what was done: `SELECT`, `COMMIT`. */
  readonly command: string;
}

/** How a statement's rows are read; null: it has none. */
type Shape = readonly { readonly name: string; readonly read: (text: string) => unknown }[] | null;
/** By connection, and there by the statement's name. */
const shapes = new WeakMap<Wire, Map<string, Shape>>();

const EXECUTE = Buffer.concat([serialize.execute(), serialize.sync()]);
const DESCRIBE = serialize.describe({ type: "P" });

/** A question in the form in which pg sends it and tells what comes back. */
class Command {
  protected shape: Shape | undefined;
  /** Not `rows`: that is an option of pg's, by which it knows a cursor. */
  private readonly found: { [column: string]: unknown }[] = [];
  private tag = "";
  private failed = false;

  constructor(
    private readonly bytes: Buffer,
    private readonly resolve: (answer: Answer) => void,
    private readonly reject: (error: unknown) => void,
  ) {}

  submit(wire: Wire): void {
    wire.stream.write(this.bytes);
  }

  handleRowDescription({ fields }: { readonly fields: readonly FieldDef[] }): void {
    this.shape = fields.map(({ name, dataTypeID }) => ({ name, read: pg.types.getTypeParser(dataTypeID, "text") }));
  }

  handleDataRow({ fields }: { readonly fields: readonly (string | null)[] }): void {
    const row: { [column: string]: unknown } = {};
    for (let i = 0; i < fields.length; i++) {
      const { name, read } = (this.shape as NonNullable<Shape>)[i]!;
      const text = fields[i]!;
      row[name] = text === null ? null : read(text);
    }
    this.found.push(row);
  }

  handleCommandComplete({ text }: { readonly text: string }): void {
    this.tag = text;
  }

  handleEmptyQuery(): void {}

  handleError(error: unknown): void {
    this.failed = true;
    this.reject(error);
  }

  handleReadyForQuery(_: Wire): void {
    if (this.failed) return;
    // `COMMIT`, `UPDATE 1`, `INSERT 0 1`
    const { tag } = this;
    const command = tag.includes(" ") ? tag.slice(0, tag.indexOf(" ")) : tag;
    const rowCount = command === tag ? null : Number(tag.slice(tag.lastIndexOf(" ") + 1));
    this.resolve({ command, rowCount, rows: this.found });
  }
}
// pg lets nothing but its own queries into a pipeline: a cursor, which comes back for more, would break it. This does not.
Object.setPrototypeOf(Command.prototype, pg.Query.prototype);

/** The same for a statement that is prepared the first time. By its name and text pg keeps what is prepared. */
class Prepared extends Command {
  constructor(
    readonly name: string,
    readonly text: string,
    private readonly values: readonly unknown[],
    private readonly opening: string | undefined,
    resolve: (answer: Answer) => void,
    reject: (error: unknown) => void,
  ) {
    super(EXECUTE, resolve, reject);
  }

  override submit(wire: Wire): void {
    const { name, text } = this;
    const parts = [serialize.bind({ statement: name, values: this.values.map(written) }), EXECUTE];
    this.shape = shapes.get(wire)?.get(name);
    if (this.shape === undefined) parts.splice(1, 0, DESCRIBE);
    if (!(wire.parsedStatements[name] ?? wire.submittedNamedStatements[name])) {
      wire.submittedNamedStatements[name] = text;
      parts.unshift(serialize.parse({ name, text }));
    }
    if (this.opening !== undefined) parts.unshift(serialize.bind({ statement: this.opening }), serialize.execute());
    wire.stream.write(Buffer.concat(parts));
  }

  override handleReadyForQuery(wire: Wire): void {
    const known = shapes.get(wire) ?? new Map<string, Shape>();
    shapes.set(wire, known.set(this.name, this.shape ?? null));
    super.handleReadyForQuery(wire);
  }
}

const written = (value: unknown): string | null => (value === null || typeof value === "string" ? value : String(value));

/**
 * Runs it with these parameters, texts or what is written as one; on each connection it is prepared the first time.
 * `opening`, a statement without parameters or rows, goes before it in the same breath, and the server answers both at once.
 */
export function prepared(
  client: Client,
  name: string,
  text: string,
  values: readonly unknown[],
  opening?: string,
): Promise<Answer> {
  const isReady = opening === undefined || shapes.get(wireOf(client))?.has(opening);
  // Its own failure is the next one's as well: of a connection that is lost, or of a transaction that was not begun.
  if (!isReady) prepared(client, opening, opening, []).catch(() => {});
  return new Promise((resolve, reject) => {
    const query = new Prepared(name, text, values, isReady ? opening : undefined, resolve, reject);
    client.query(query as unknown as pg.Query);
  });
}

const wireOf = (client: Client): Wire => (client as unknown as { readonly connection: Wire }).connection;

const commands = new Map<string, Buffer>();

/** Runs a statement without parameters or rows, of which there are only a few: COMMIT. */
export const command = (client: Client, text: string): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const bytes = commands.get(text) ?? serialize.query(text);
    commands.set(text, bytes);
    client.query(new Command(bytes, resolve, reject) as unknown as pg.Query);
  });
