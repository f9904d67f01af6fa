/** The thread of one schedule on a real database. */
import { asThread } from "../threads/in-thread.js";
import type { ConductTask } from "./client.js";
import { conducted } from "./view.js";

// Sites of steps are lines of the TypeScript.
process.setSourceMapsEnabled(true);

await asThread(({ request, language }: ConductTask, signal) => conducted(request, language, signal));
