/** The entry point of a server process that a run starts. It ends when the run ends, also when the run is killed. */
import { withoutCredentials } from "../core/credentials.js";
import { messageOf, StoreUnavailable } from "../core/failure.js";
import { NO_STORE } from "./messages.js";
import { serve } from "./serve.js";

process.setSourceMapsEnabled(true);
// Ctrl-C in the terminal reaches this process too. The run handles it, and tells its servers to stop.
process.on("SIGINT", () => {});
const orphaned = () => process.exit(1);
process.on("disconnect", orphaned);
process.once("message", async ({ url, run }: { url: string; run: string }) => {
  // A failure of the part is told by its job. One before it is told by the last line on standard error.
  await serve(url, run, { signal: new AbortController().signal }).catch((error) => {
    process.stderr.write(`${withoutCredentials(messageOf(error))}\n`);
    process.exitCode = error instanceof StoreUnavailable ? NO_STORE : 1;
  });
  process.off("disconnect", orphaned).disconnect();
  process.exit();
});
