/** A line's connection out of a pool, from the first statement that needs it until the line holds nothing on it any more. */
import type { ResultSetHeader, RowDataPacket } from "mysql2/promise";
import type { ConnectionPool } from "../connection-pool.js";
import type { MysqlClient } from "./server.js";
import type { MysqlResult } from "./statements.js";

export class ConnectionLease {
  client: MysqlClient | undefined;
  /** A statement is under way. */
  isAsking = false;
  /** A kill was sent to it. It may arrive late, so the connection is closed and not given back. */
  #isKilled = false;
  readonly #pool: ConnectionPool<MysqlClient>;
  /** Told that the connection was lost, with all that it held. */
  readonly #lost: () => void;

  constructor(pool: ConnectionPool<MysqlClient>, lost: () => void) {
    this.#pool = pool;
    this.#lost = lost;
  }

  async take(): Promise<void> {
    this.client = await this.#pool.take();
  }

  /**
   * Runs one statement. A lost connection is forgotten only here, with an error that the rule is told of. Otherwise the next
   * write of the lost transaction would be committed by itself, on another connection.
   */
  async execute(text: string, values: readonly (string | number)[] = []): Promise<MysqlResult> {
    const client = this.client as MysqlClient;
    this.isAsking = true;
    try {
      const [result] = await client.execute(text, [...values]);
      return Array.isArray(result)
        ? { affectedRows: 0, rows: result as RowDataPacket[] }
        : { affectedRows: (result as ResultSetHeader).affectedRows, rows: [] };
    } catch (error) {
      if (!this.#pool.alive(client)) {
        this.client = undefined;
        this.#lost();
      }
      throw error;
    } finally {
      this.isAsking = false;
    }
  }

  /** Ends the statement that is under way. */
  async kill(kill: (client: MysqlClient) => Promise<void>): Promise<void> {
    if (!this.isAsking || !this.client) return;
    this.#isKilled = true;
    await kill(this.client);
  }

  give(): void {
    if (!this.client || this.#isKilled) return;
    this.#pool.give(this.client);
    this.client = undefined;
  }

  /** Gives the connection back after these statements, which let go of all that the line holds on it. */
  async close(texts: readonly string[]): Promise<void> {
    const { client } = this;
    if (!client) return;
    try {
      if (this.#isKilled) return await client.end();
      for (const text of texts) await client.query(text);
      this.give();
    } catch {
      client.destroy();
    }
  }
}
