import type { Core } from '../core/core.ts'
import type { SystemFacts } from '../model/system.ts'
import { BACKUP_OLD } from '../watch/judge-system.ts'
import { tellNotice } from './notices.ts'

const HOUR = 3_600_000

export interface BackupWatchParts {
  readonly core: Pick<Core, 'take' | 'openAlerts' | 'now'>
  /** The newest backup that is known of; undefined: none ever was made of this data folder. */
  readonly last: () => Promise<SystemFacts['backup']>
  readonly repeat: (call: () => void, ms: number) => () => void
  readonly log: { error(fields: object, message: string): void }
}

/** Says on the board when backups were made, and no longer are. Where none ever was, only the page System says so. */
export function watchBackups({ core, last, repeat, log }: BackupWatchParts): { stop(): void } {
  async function look(): Promise<void> {
    const backup = await last()
    const isOld = backup !== undefined && core.now() - backup.madeAt >= BACKUP_OLD
    const reason = isOld
      ? { reason: `the newest backup is of ${new Date(backup.madeAt).toISOString().slice(0, 10)}` }
      : {}
    await tellNotice(core, { notice: 'hub-backup', ...reason }, isOld)
  }

  const tryLook = (): void => {
    look().catch((cause: unknown) => log.error({ err: cause }, 'Cannot say how old the newest backup is'))
  }
  tryLook()
  return { stop: repeat(tryLook, HOUR) }
}
