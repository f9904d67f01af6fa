import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that took more than 14 seconds in a run on two cores (2026-11-30), the longest first. Begun last, each would
 * keep one core busy and leave the others idle. To measure again: `npx vitest run --config test/vitest.config.ts --reporter=json`.
 */
const longest = [
  "hammer/containment",
  "check/matrix",
  "commands/ends",
  "servers/together",
  "course/author-lessons",
  "check/check",
  "commands/run",
  "tui/terminal",
  "export/export",
  "stores/lost-connections",
  "tui/frames",
  "simulator/explorer",
  "commands/korean",
  "commands/servers",
  "api/package",
  "field/told",
  "stores/postgres",
  "commands/postgres",
  "tui/exercise-terminal",
  "hammer/agreement",
  "commands/compare",
  "commands/explore",
  "commands/unanswered",
  "simulator/ground-truth",
  "exercise/misbehaving",
  "field/marks",
  "exercise/verify",
  "check/texts",
  "tui/on-database",
  "check/apart",
  "saved/progress",
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
