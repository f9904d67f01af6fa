import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * Tests go through the doors of the users: the built program. So what is built has to be what is here. The person
 * who runs them is a learner, too: what they have saved is not looked at.
 */
export default () => {
  const build = fileURLToPath(new URL("../src/build.mjs", import.meta.url));
  // The errors of the compiler stand above this line.
  if (spawnSync(process.execPath, [build], { stdio: ["ignore", "inherit", "pipe"] }).status !== 0)
    throw new Error("the build failed, so no test ran: mend the errors above");
  const state = mkdtempSync(join(tmpdir(), "racelab-state-"));
  process.env["RACELAB_STATE"] = state;
  return () => rmSync(state, { recursive: true, force: true });
};
