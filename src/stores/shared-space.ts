/** A space of racelab's own on a server (a schema, a prefix of keys) that several processes use. The last to leave drops it. */
export interface SharedSpace {
  /** The server's URL and name, without racelab's own parameters. */
  readonly url: string;
  readonly name: string;
  /** What was found there that a person should know. */
  readonly notices: readonly string[];
  /** Microseconds on the server's clock. */
  now(): Promise<number>;
  /** Aborted when the server has gone; the reason is one sentence. */
  readonly lost: AbortSignal;
  leave(): Promise<void>;
}
