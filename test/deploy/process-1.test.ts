import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { adminSocket } from '../../hub/admin-socket.ts'
import type { Alert } from '../../hub/model/alert.ts'
import { atExit } from '../helpers/at-exit.ts'
import { askAdmin, launchHub, writeRules } from '../helpers/hub-process.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { parseDockerfile } from '../compose/dockerfile.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const ROOT = join(import.meta.dirname, '../..')
const UNSHARE = ['--pid', '--mount', '--ipc', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private']

const tried = spawnSync('unshare', [...UNSHARE, 'true'], { encoding: 'utf8' })
if (tried.status !== 0) {
  console.warn(`No process can be the first of its own here: ${tried.stderr}. Its tests are skipped.`)
}

/** What the image starts: `aal start`, with the file that `aal` is a link to. */
function commandOfImage(): string[] {
  const last = parseDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).at(-1)?.instructions ?? []
  const [entry, start] = ['ENTRYPOINT', 'CMD'].map((name) => last.find((one) => one.name === name)?.exec ?? [])
  const link = last.map(({ text }) => /ln -s \/app\/(\S+) \/usr\/local\/bin\/(\S+)/.exec(text)).find(Boolean)
  expect(entry).toEqual([link?.[2]])
  return [process.execPath, join(ROOT, link?.[1] ?? ''), ...(start ?? [])]
}

const ends: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** Starts it as a container does: process 1, and alone. */
function startContained(data: string, rules = '') {
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'unshare', ...UNSHARE, ...commandOfImage(), '--json', '--data', data, '--mqtt-port', '0', '--http-port', '0', ...(rules === '' ? [] : ['--config', rules])],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'], TZ: 'UTC' } },
  )
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (part: string) => (stdout += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (stderr += part))
  let isOver = false
  const ended = new Promise<number | null>((fulfil) =>
    child.once('close', (code) => {
      isOver = true
      fulfil(code)
    }),
  )
  atExit(() => child.kill('SIGKILL'))
  ends.push(async () => {
    child.kill('SIGKILL')
    await ended
  })
  /** The number of its process here: there it is 1. */
  const pid = () =>
    waitFor('its process', () => {
      const text = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()
      return /^\d+$/.test(text) && Number(text)
    }, { interval: 1 })
  return {
    ended,
    pid,
    stderr: () => stderr,
    async started() {
      await waitFor('the hub to say that it has started', () => isOver || stdout.includes('\n'), { timeout: 90_000 })
      if (isOver) throw new Error(`The hub ended at its start: ${stderr}`)
      return JSON.parse(stdout) as { mqttPort: number; pid: number }
    },
    async kill(signal: NodeJS.Signals) {
      process.kill(await pid(), signal)
      return await ended
    },
  }
}
