import { defineConfig } from 'vitest/config'

/** Where `.ci/run` wants the counts of tests (a file for JSON); nobody else does. */
const resultsFile = process.env['TEST_RESULTS_FILE']

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/helpers/fixed-seed.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: 2,
    reporters: resultsFile === undefined ? ['default'] : ['default', ['json', { outputFile: resultsFile }]],
  },
})
