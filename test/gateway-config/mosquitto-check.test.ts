import { execFile } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { mosquittoCheck } from '../../hub/gateway-config/mosquitto-check.ts'
import { startMosquitto } from '../helpers/mosquitto.ts'
import { requireServer, serverMissing } from '../helpers/servers.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const run = promisify(execFile)

/** What the unit starts, as systemd would; there is no systemd here, so what it is asked is written down. */
async function check(port: number): Promise<readonly string[]> {
  requireServer('mosquitto_pub')
  const dir = tempDir('mosquitto-check')
  const asked = join(dir, 'asked')
  const systemctl = join(dir, 'systemctl')
  writeFileSync(systemctl, `#!/bin/sh\necho "$@" >>${asked}\n`)
  chmodSync(systemctl, 0o755)
  const unit = mosquittoCheck({ port, patience: 2 })['aal-mosquitto-check.service'] ?? ''
  const command = /^ExecStart=\/bin\/sh -c '(.*)'$/m.exec(unit)?.[1] ?? ''
  await run('/bin/sh', ['-c', command], { env: { PATH: `${dir}:${process.env['PATH']}` } })
  return existsSync(asked) ? readFileSync(asked, 'utf8').trim().split('\n') : []
}

describe.skipIf(serverMissing('mosquitto') || serverMissing('mosquitto_pub'))(mosquittoCheck, () => {
  it('leaves a Mosquitto that answers alone, and starts one anew that runs and does not answer', async () => {
    const mosquitto = await startMosquitto({ quiet: true })
    try {
      expect(await check(mosquitto.port)).toEqual([])
      process.kill(mosquitto.pid, 'SIGSTOP')
      expect(await check(mosquitto.port)).toEqual(['kill -s KILL mosquitto', 'restart mosquitto'])
    } finally {
      await mosquitto.stop('SIGKILL')
    }
  })
})
