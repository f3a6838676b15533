import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { expect, it } from 'vitest'
import { openDatabase } from '../../hub/database/open-database.ts'
import { atExit } from '../helpers/at-exit.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

interface Ready {
  readonly mqttPort: number
  readonly url: string
  readonly signIn: string
  readonly data: string
}
interface Told {
  readonly home: string
  readonly what: string
  readonly text: string
}

/** A real process, with nobody at its keyboard. */
function startDemo(...args: string[]) {
  const command = ['hub/aal.js', 'demo', '--json', '--mqtt-port', '0', '--http-port', '0', ...args]
  const child: ChildProcess = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'] })
  atExit(() => child.kill('SIGKILL'))
  const lines: unknown[] = []
  const errors: string[] = []
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => lines.push(JSON.parse(line)))
  if (child.stderr) createInterface({ input: child.stderr }).on('line', (line) => errors.push(line))
  const ended = new Promise<number | string | null>((fulfil) => {
    child.once('close', (code, signal) => fulfil(code ?? signal))
  })
  return {
    child,
    ended,
    errors,
    ready: () => waitFor('the demo to be ready', () => lines[0] as Ready | undefined, { timeout: 40_000 }),
    told: (what: string, timeout = 30_000) =>
      waitFor(
        `the demo to tell of ${what}`,
        () => (lines.slice(1) as Told[]).find((one) => one.what === what),
        {
          timeout,
        },
      ),
  }
}

it('aal demo shows a fall within seconds, takes an answer from the phone page, and goes on where it was', async () => {
  const folder = tempDir('demo')
  const demo = startDemo('--data', folder)
  const ready = await demo.ready()
  expect(ready.data).toBe(folder)
  expect(await demo.told('alert')).toMatchObject({
    home: 'h-0001',
    text: expect.stringMatching(/Possible fall, bathroom, code \d{4}$/) as string,
  })
  const message = await demo.told('message')
  const code = /1 (\d{4}) =/.exec(message.text)?.[1]
  expect(message.text).toMatch(/^SMS to Anne/)

  // As a browser does: sign in with the link, then answer on the phone page.
  const headers = { 'content-type': 'application/json', 'x-aal': '1' }
  const signedIn = await fetch(`${ready.url}/api/session`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ token: new URL(ready.signIn).hash.slice(1) }),
  })
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
  const answered = await fetch(`${ready.url}/api/phone/h-0001/daughter`, {
    method: 'POST',
    headers: { ...headers, cookie },
    body: JSON.stringify({ text: `1 ${code}` }),
  })
  expect(answered.status).toBe(200)
  expect((await demo.told('taken')).text).toMatch(/^Anne \(daughter\) takes it/)

  demo.child.kill('SIGINT')
  const begun = performance.now()
  expect(await demo.ended, demo.errors.join('\n')).toBe(0)
  expect(performance.now() - begun).toBeLessThan(3000)

  const again = startDemo('--data', folder)
  await again.ready()
  expect(existsSync(folder)).toBe(true)
  again.child.kill('SIGTERM')
  expect(await again.ended, again.errors.join('\n')).toBe(0)
}, 120_000)

it('aal demo can be stopped while it makes the week, and leaves nothing behind', async () => {
  const tmp = tempDir('demo-tmp')
  const child = spawn(process.execPath, ['hub/aal.js', 'demo', '--mqtt-port', '0', '--http-port', '0'], {
    stdio: ['ignore', 'ignore', 'ignore'],
    env: { ...process.env, TMPDIR: tmp },
  })
  atExit(() => child.kill('SIGKILL'))
  const ended = new Promise((fulfil) => child.once('close', (code, signal) => fulfil(code ?? signal)))
  await waitFor('its folder', () => readdirSync(tmp).length > 0)
  child.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(readdirSync(tmp)).toEqual([])
}, 60_000)

it('aal demo refuses a folder with the data of another hub', async () => {
  const folder = tempDir('other-hub')
  openDatabase(folder).close()
  const demo = startDemo('--data', folder)
  expect(await demo.ended).toBe(1)
  expect(demo.errors.join('\n')).toMatch(/^Cannot run the demo in .*: it holds the data of another hub/)
})
