/** `racelab join`: this process becomes a server of the next run that looks for one. */
import { JobQueue } from "./job-queue.js";
import { type ServingOptions, serve } from "./serve.js";

/** The name of the queue in which runs look for servers. */
export const LOBBY = "join";

export async function joinRun(url: string, serving: ServingOptions & { readonly ready: (place: string) => void }): Promise<void> {
  const lobby = await JobQueue.open(url, LOBBY);
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
