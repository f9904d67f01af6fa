import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import LongestFirst from "./longest-first.js";

const root = fileURLToPath(new URL("..", import.meta.url));

export default defineConfig({
  root,
  resolve: { alias: { racelab: `${root}src/api/index.ts` } },
  test: {
    include: ["test/**/*.test.{ts,tsx}"],
    globalSetup: ["test/setup.ts"],
    reporters: ["default", "./test/closing-line.ts"],
    // Of what hangs, not of what is slow: on a busy machine a browser takes more than the usual 10 seconds to start.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Real threads, terminals, servers and a browser share two cores with whatever else runs there. One test of 4,395 that
    // failed by chance kept two days of work out of the project. What fails twice fails; what passes then is named at the end.
    retry: 1,
    // Vitest leaves one core to its watcher; nobody watches here, and half of the tests wait for programs they have started.
    maxWorkers: availableParallelism() + 2,
    // No test changes what another one sees (environment, working directory, mocks), so a worker loads racelab once.
    isolate: false,
    sequence: { sequencer: LongestFirst },
  },
});
