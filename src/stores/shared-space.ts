/** A space (a schema or a prefix of keys) of racelab's own on a server, which several processes use. The last one that leaves drops it. */
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
