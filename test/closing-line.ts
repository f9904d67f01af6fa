import type { Reporter, TestModule } from "vitest/node";

/** Ends the run with one plain line that any CI can read: `12 passed, 0 failed, 1 skipped`. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const count = (state: string) => tests.filter((test) => test.result().state === state).length;
    const broken = modules.filter(
      (module) =>
        module.state() === "failed" && ![...module.children.allTests()].some((test) => test.result().state === "failed"),
    );
    for (const test of tests) if (test.result().state === "skipped") console.log(`skipped: ${test.fullName}`);
    // A test that failed and then passed depends on chance: it does not stop the run, and it is to be mended.
    for (const test of tests) if (test.diagnostic()?.flaky) console.log(`only at the second try: ${test.fullName}`);
    console.log(`${count("passed")} passed, ${count("failed") + broken.length} failed, ${count("skipped")} skipped`);
  }
}
