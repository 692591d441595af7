import path from 'node:path';

import { defineConfig } from 'vitest/config';

const project = (name: string, include: readonly string[], testTimeout: number) => ({
  extends: true as const,
  test: { name, include: [...include], testTimeout, hookTimeout: testTimeout },
});

export default defineConfig({
  root: path.resolve(import.meta.dirname, '..'),
  test: {
    reporters: ['default', './test/summary-reporter.ts'],
    setupFiles: ['./lib/expression/load-everything.ts', './lib/rule/load-aliases.ts'],
    // Two cores: more workers than cores only make the slow tests slower.
    maxWorkers: 2,
    projects: [
      project('unit', ['test/unit/**/*.test.ts', 'test/golden/**/*.test.ts'], 10_000),
      project('contract', ['test/contract/**/*.test.ts'], 20_000),
      project('simulation', ['test/simulation/**/*.test.ts'], 60_000),
      project('backends', ['test/backends/**/*.test.ts'], 120_000),
      project('system', ['test/system/**/*.test.ts'], 180_000),
    ],
  },
});
