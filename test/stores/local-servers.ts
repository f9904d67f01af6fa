/** The servers to test with: those that answer at RACELAB_POSTGRES, RACELAB_REDIS, RACELAB_MYSQL or in the usual place. */
import { engines, openStore } from "../../src/stores/open.js";

const usual = (scheme: string): string => engines.find((engine) => engine.scheme === scheme)?.usual as string;

export const localServer = usual("postgres://");
export const localRedis = usual("redis://");
export const localMysql = usual("mysql://");

/** Why the store cannot be used, in a sentence; null: it can. */
export async function whyNot(url: string): Promise<string | null> {
  try {
    await (await openStore(url)).close();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
