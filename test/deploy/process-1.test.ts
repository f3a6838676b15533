import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { adminSocket } from '../../hub/admin-socket.ts'
import type { Alert } from '../../hub/model/alert.ts'
import { atExit } from '../helpers/at-exit.ts'
import { askAdmin, writeConfig, writeRules } from '../helpers/hub-process.ts'
import { connectRaw, publishPacket } from '../helpers/mqtt-client.ts'
import type { Login } from '../helpers/mqtt-client.ts'
import { parseDockerfile } from '../compose/dockerfile.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const ROOT = join(import.meta.dirname, '../..')
const UNSHARE = [
  '--pid',
  '--mount',
  '--ipc',
  '--fork',
  '--kill-child',
  '--mount-proc',
  '--propagation',
  'private',
]

const tried = spawnSync('unshare', [...UNSHARE, 'true'], { encoding: 'utf8' })
if (tried.status !== 0) {
  console.warn(`No process can be the first of its own here: ${tried.stderr}. Its tests are skipped.`)
}

/** What the image starts: `aal start`, with the file that `aal` is a link to. */
function commandOfImage(): string[] {
  const last = parseDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).at(-1)?.instructions ?? []
  const [entry, start] = ['ENTRYPOINT', 'CMD'].map(
    (name) => last.find((one) => one.name === name)?.exec ?? [],
  )
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
    [
      '--pdeathsig',
      'KILL',
      'unshare',
      ...UNSHARE,
      ...commandOfImage(),
      '--json',
      '--data',
      data,
      '--mqtt-port',
      '0',
      '--http-port',
      '0',
      ...(rules === '' ? [] : ['--config', rules]),
    ],
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
    waitFor(
      'its process',
      () => {
        const text = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim()
        return /^\d+$/.test(text) && Number(text)
      },
      { interval: 1 },
    )
  return {
    ended,
    pid,
    stderr: () => stderr,
    async started() {
      await waitFor('the hub to say that it has started', () => isOver || stdout.includes('\n'), {
        timeout: 90_000,
      })
      if (isOver) throw new Error(`The hub ended at its start: ${stderr}`)
      return JSON.parse(stdout) as { mqttPort: number; pid: number }
    },
    async kill(signal: NodeJS.Signals) {
      process.kill(await pid(), signal)
      return await ended
    },
  }
}

const RULES = `rules:
  - { id: fall, title: { en: Possible fall }, category: safety, severity: high, scope: sensor, on: fall, when: value == "detected", clear: manual }
`

describe.skipIf(tried.status !== 0)('the hub as process 1 of a container', () => {
  it('ends at SIGTERM while it is still being loaded', { timeout: 180_000 }, async () => {
    const data = join(tempDir('volume'), 'data')
    const hub = startContained(data)
    const pid = await hub.pid()
    let code: number | null | undefined
    void hub.ended.then((with_) => (code = with_))
    // The kernel drops what comes before the first line of it has run.
    await waitFor(
      'its end',
      () => {
        if (code === undefined) process.kill(pid, 'SIGTERM')
        return code !== undefined
      },
      { interval: 5, timeout: 90_000 },
    )
    expect(code).toBe(143)
    expect(existsSync(data)).toBe(false)
  })

  it(
    'keeps what was acknowledged over kill -9, and starts on what was left lying',
    { timeout: 180_000 },
    async () => {
      const data = join(tempDir('volume'), 'data')
      const config = writeConfig(`rules: ${writeRules({ 'fall.yaml': RULES })}\n`)
      const socket = adminSocket(data)
      const falls = async () =>
        ((await askAdmin(socket, 'GET', '/api/alerts')) as { alerts: Alert[] }).alerts.map(
          ({ scope }) => scope,
        )

      const first = startContained(data, config)
      const { mqttPort, pid } = await first.started()
      expect(pid).toBe(1)
      await askAdmin(socket, 'POST', '/api/homes', {
        file: 'homes.yaml',
        text: 'homes: [{ id: h-1, timezone: Europe/Oslo, sensors: [{ id: a, profile: native }] }]',
      })
      const login = (await askAdmin(socket, 'POST', '/api/homes/h-1/gateways', {})) as Login
      const gateway = await connectRaw(mqttPort, login)
      gateway.send(
        publishPacket('homes/h-1/sensors/a', { kind: 'fall', value: 'detected' }, { qos: 1, messageId: 1 }),
      )
      await gateway.waitFor('puback')

      // Another container on the same volume, whose hub has the same number.
      const second = startContained(data, config)
      await expect(second.started()).rejects.toThrow('another hub is using it')
      expect(await second.ended).toBe(1)
      expect(await falls()).toEqual(['h-1/a'])

      await first.kill('SIGKILL')
      // What one that died in the middle of its work leaves.
      writeFileSync(join(data, 'lock.db-journal'), '')
      writeFileSync(join(data, 'backups.part-1'), 'half')
      expect(readdirSync(data)).toContain('admin.sock')
      const third = startContained(data, config)
      await third.started()
      expect(await falls()).toEqual(['h-1/a'])
      expect(await third.kill('SIGTERM'), third.stderr()).toBe(0)
      expect(readdirSync(data)).not.toContain('admin.sock')
    },
  )
})
