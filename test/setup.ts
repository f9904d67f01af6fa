import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Tests go through the doors of the users: the built program. So what is built has to be what is here. */
export default () => {
  execFileSync(process.execPath, [fileURLToPath(new URL("../src/build.mjs", import.meta.url))], { stdio: "inherit" });
};
