import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * Ends every run with one plain line, `N passed, N failed`, which CI reads. A module that failed
 * without a failed test (an import or a hook that threw) and an error outside any test count as
 * one failure each, so that nothing broken can print `0 failed`.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    let passed = 0;
    let failed = unhandled.length;
    for (const module of modules) {
      let failedHere = 0;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state === 'passed') passed += 1;
        if (state === 'failed') failedHere += 1;
      }
      if (module.state() === 'failed' && failedHere === 0) failedHere = 1;
      failed += failedHere;
    }
    process.on('exit', () => {
      process.stdout.write(`${passed} passed, ${failed} failed\n`);
    });
  }
}
