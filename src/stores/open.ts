import { StoreUnavailable } from "../core/failure.js";
import type { Store } from "../core/store.js";

/** A store of one kind: what its URL looks like, and how to open it. The engine is loaded only when asked for. */
interface Engine {
  readonly scheme: string;
  readonly example: string;
  readonly open: (url: string) => Promise<Store>;
}

export const engines: readonly Engine[] = [
  { scheme: "memory:", example: "memory:", open: async () => (await import("./memory.js")).memoryStore() },
  {
    scheme: "lowdb:",
    example: "lowdb:shop.json",
    open: async (url) => (await import("./lowdb.js")).lowdbStore(url.slice("lowdb:".length)),
  },
];

/** Opens the store that `url` names. */
export function openStore(url: string): Promise<Store> {
  const engine = engines.find(({ scheme }) => url.startsWith(scheme));
  if (!engine)
    throw new StoreUnavailable(`no store is called "${url}": use one of ${engines.map(({ example }) => example).join(", ")}`);
  return engine.open(url);
}

/** The URL as it may be shown: a password in it is never printed. */
export const withoutCredentials = (url: string): string => url.replace(/\/\/[^/@]*@/, "//");
