import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that took more than 12 seconds in a run on two quiet cores (2026-11-29), the longest first. Begun last, each would
 * keep one core busy and leave the others idle. To measure again: `npx vitest run --config test/vitest.config.ts --reporter=json`.
 */
const longest = [
  "commands/ends",
  "hammer/containment",
  "servers/together",
  "commands/run",
  "tui/terminal",
  "course/author-lessons",
  "check/matrix",
  "stores/postgres",
  "export/export",
  "tui/exercise-terminal",
  "tui/on-database",
  "commands/servers",
  "commands/explore",
  "commands/compare",
  "tui/frames",
  "commands/postgres",
  "simulator/ground-truth",
  "exercise/misbehaving",
  "hammer/agreement",
  "commands/korean",
  "exercise/verify",
  "tui/variants",
];

/** A fresh clone has no cache that would tell the order. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = longest.findIndex((name) => moduleId.endsWith(`test/${name}.test.ts`));
      return at < 0 ? longest.length : at;
    };
    return (await super.sort(files)).sort((one, other) => rank(one) - rank(other));
  }
}
