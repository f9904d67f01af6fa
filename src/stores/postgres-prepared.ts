/**
 * A prepared statement whose rows are described once: what they look like does not change as long as it is prepared,
 * but pg asks each time (PostgreSQL manual, "Extended Query"), and for a short statement that is a tenth of its time.
 */
import pg, { type Client, type FieldDef, type QueryResult } from "pg";

/** The parts of pg's own query and connection that its types leave out. The version of pg is pinned. */
interface Wire {
  describe(what: unknown): void;
}
interface Inner {
  readonly name: string;
  callback: (error: Error | null, result: QueryResult) => void;
  prepare(wire: Wire): void;
  handleRowDescription(message: Description): void;
  handleReadyForQuery(wire: Wire): void;
}
interface Description {
  readonly fields: readonly FieldDef[];
}
const Query = pg.Query as unknown as new (config: object) => Inner;

interface Known {
  /** By statement; null: it has no rows. */
  readonly descriptions: Map<string, Description | null>;
  /** The same connection, on which asking for a description does nothing. */
  readonly undescribed: Wire;
}
const connections = new WeakMap<Wire, Known>();

function known(wire: Wire): Known {
  const there = connections.get(wire);
  if (there) return there;
  const made: Known = { descriptions: new Map(), undescribed: Object.create(wire, { describe: { value: () => {} } }) };
  connections.set(wire, made);
  return made;
}

class Prepared extends Query {
  #described: Description | null = null;

  override prepare(wire: Wire): void {
    const { descriptions, undescribed } = known(wire);
    const description = descriptions.get(this.name);
    if (description) super.handleRowDescription(description);
    super.prepare(description === undefined ? wire : undescribed);
  }

  override handleRowDescription(message: Description): void {
    this.#described = message;
    super.handleRowDescription(message);
  }

  override handleReadyForQuery(wire: Wire): void {
    const { descriptions } = known(wire);
    if (!descriptions.has(this.name)) descriptions.set(this.name, this.#described);
    super.handleReadyForQuery(wire);
  }
}

/** Runs it; on each connection it is prepared, and described, the first time. */
export const prepared = (client: Client, name: string, text: string, values: readonly unknown[]): Promise<QueryResult> =>
  new Promise((resolve, reject) => {
    const query = new Prepared({ name, text, values });
    query.callback = (error, result) => (error ? reject(error) : resolve(result));
    client.query(query as unknown as pg.Query);
  });
