import { relative } from 'node:path'
import { BaseSequencer } from 'vitest/node'
import type { TestSpecification } from 'vitest/node'

/**
 * The files that take longest, in the order in which they begin: a long one that begins last keeps the others waiting
 * for it. A new clone has no measured times, by which Vitest would know. Where the machine works and where only time
 * passes (a policy's wait, a modem's pause) take turns, so that both are going on at once.
 */
const LONGEST = [
  'faults/fsync',
  'cli/storm',
  'browser/pages',
  'watch/hub-away',
  'faults/kill',
  'faults/clock',
  'cli/register',
  'notify/channels/channel-contract',
  'browser/console',
  'alerts/scenarios-over-sms',
  'browser/lock',
  'faults/crash-points',
  'faults/kannel-trouble',
  'cli/start',
  'cli/start-with-channels',
  'cli/usage',
  'faults/daily-message',
  'cli/alerts',
  'cli/hold',
  'notify/channels/gammu-sqlite',
  'browser/people',
  'cli/sign-in',
  'browser/home',
  'rules/rules-command',
  'simulator/demo',
]

/** Begins with the longest files, goes on with those that have a process of their own, ends with the many short ones. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rankOf = ({ moduleId, project }: TestSpecification): number => {
      const rank = LONGEST.indexOf(
        relative(import.meta.dirname, moduleId).replace(/^\.\.\/|\.test\.ts$/g, ''),
      )
      if (rank >= 0) return rank
      return LONGEST.length + (project.config.isolate ? 0 : 1)
    }
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b))
  }
}
