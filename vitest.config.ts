import { join } from 'node:path'
import { defineConfig } from 'vitest/config'
import { LongestFirst } from './test/helpers/longest-first.ts'

/** Where `.ci/run` wants the counts of tests (a file for JSON); nobody else does. */
const resultsFile = process.env['TEST_RESULTS_FILE']

// What Node compiled is kept for the next test process, as the command keeps it (hub/aal.js).
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/aal')

/** Folders of tests that start processes and wait for them, each file in a process of its own. */
const LIVELY = ['acceptance', 'browser', 'cli', 'contracts', 'deploy', 'faults', 'watch'].map(
  (folder) => `test/${folder}/**/*.test.ts`,
)

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/helpers/fixed-seed.ts'],
    pool: 'forks',
    // One more than the cores of a small machine: many tests mostly wait.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    reporters: resultsFile === undefined ? ['default'] : ['default', ['json', { outputFile: resultsFile }]],
    projects: [
      { extends: true, test: { name: 'lively', include: LIVELY } },
      // Most are over sooner than a process of their own would have started, and loaded the hub again.
      {
        extends: true,
        test: { name: 'quiet', include: ['test/**/*.test.ts'], exclude: LIVELY, isolate: false },
      },
    ],
  },
})
