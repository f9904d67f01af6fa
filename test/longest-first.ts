import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take longest although they are not the largest: begun last, each would keep one core busy and the others idle. */
const longest = [
  "commands/ends",
  "machines/together",
  "package",
  "course/author-lessons",
  "check",
  "tui/terminal",
  "matrix",
  "commands/kill",
  "commands/servers",
  "commands/run",
  "page/export",
  "tui/exercise-terminal",
  "hammer/containment",
  "commands/explore",
  "tui/on-database",
  "exercise/verify",
  "stores/postgres",
  "exercise/misbehaving",
  "commands/compare",
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
