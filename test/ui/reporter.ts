import type { Reporter, TestModule } from "vitest/node";
import { VIEWS } from "./views.ts";

/** Ends the suite with its own line: how many views were looked at, by how many tests. */
export default class UiReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const failed = tests.filter((test) => test.result().state === "failed").length;
    const broken = modules.filter((module) => module.errors().length > 0).length;
    console.log(`ui: ${VIEWS.length} views, ${tests.length} tests, ${failed + broken} failed`);
  }
}
