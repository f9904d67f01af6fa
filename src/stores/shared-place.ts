/** A place on a server that several processes use; whoever leaves last leaves nothing behind. */
export interface SharedPlace {
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
