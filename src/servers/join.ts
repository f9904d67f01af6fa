/** A process that nobody has started for it becomes a server of the next run. */

import { Exchange } from "./queue.js";
import { type Serving, serve } from "./serve.js";

/** The queue in which runs look for servers. */
export const JOIN = "join";

export async function joinRun(url: string, serving: Serving & { readonly ready: (place: string) => void }): Promise<void> {
  const lobby = await Exchange.open(url, JOIN);
  serving.ready(lobby.place.name);
  const found = { run: "" };
  try {
    await lobby.takeOne(
      async ({ data }) => {
        found.run = (data as { readonly run: string }).run;
        return null;
      },
      AbortSignal.any([serving.signal, lobby.lost]),
    );
  } finally {
    await lobby.leave();
  }
  await serve(url, found.run, serving);
}
