/** The entry of a server process that a run has started. It ends when the run does, however that ended. */
import { serve } from "./serve.js";

process.setSourceMapsEnabled(true);
// Ctrl-C in the terminal reaches it too, and is for the run: that says what to do.
process.on("SIGINT", () => {});
const orphaned = () => process.exit(1);
process.on("disconnect", orphaned);
process.once("message", async ({ url, run }: { url: string; run: string }) => {
  // Whatever goes wrong with the part is told by its job, and before that by the last line on standard error.
  await serve(url, run, { signal: new AbortController().signal }).catch((error) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  });
  process.off("disconnect", orphaned).disconnect();
  process.exit();
});
