import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchHub, runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'hub', 'aal.js')
const PASSWORD = 'correct horse battery staple'

let hub: HubProcess
beforeAll(async () => {
  hub = await startHubProcess()
}, 60_000)
afterAll(async () => {
  await hub.kill('SIGTERM')
})

const aal = (...args: string[]) => runAal([...args, '--data', hub.data])

async function withStdin(input: string, ...args: string[]) {
  const child = spawn(process.execPath, [MAIN, ...args, '--data', hub.data], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.on('data', (part: Buffer) => (output += part.toString()))
  child.stderr.on('data', (part: Buffer) => (output += part.toString()))
  child.stdin.end(input)
  const code = await new Promise((fulfil) => child.on('close', fulfil))
  return { code, output }
}

describe('aal person, token and audit', () => {
  it('add people with a password from stdin, make tokens, and show who did what', async () => {
    expect(
      (await aal('person', 'add', 'siv', '--name', 'Siv Olsen', '--role', 'operator', '--area', 'Alta'))
        .stdout,
    ).toBe('Added siv (Siv Olsen), operator, only Alta. They sign in with: aal sign-in --person siv\n')
    const weak = await withStdin('password1234\n', 'person', 'password', 'siv')
    expect([weak.code, weak.output]).toEqual([1, expect.stringContaining('guessed first')])
    const set = await withStdin(`${PASSWORD}\n`, 'person', 'password', 'siv')
    expect(set).toEqual({ code: 0, output: 'siv has a new password.\n' })
    const answer = await fetch(`${hub.url}/api/session`, {
      method: 'POST',
      headers: { 'x-aal': '1', 'content-type': 'application/json' },
      body: JSON.stringify({ person: 'siv', password: PASSWORD }),
    })
    expect(await answer.json()).toMatchObject({ person: 'siv', areas: ['Alta'] })
    expect((await aal('person', 'list')).stdout).toMatch(/\nsiv +Siv Olsen +operator +Alta +yes /)

    const made = await aal('token', 'add', 'grafana', '--scope', 'read:rules', '--area', 'Altta')
    expect(made.stderr).toMatch(/^Warning: .*no home has the area "Altta"/)
    const token = made.stdout.trim()
    const ask = async (path: string) =>
      (await fetch(`${hub.url}${path}`, { headers: { authorization: `Bearer ${token}` } })).status
    expect([await ask('/api/rules'), await ask('/api/alerts')]).toEqual([200, 403])
    expect((await aal('token', 'revoke', 'grafana')).stdout).toBe('Revoked grafana.\n')
    expect(await ask('/api/rules')).toBe(401)

    const log = (await aal('audit', 'list')).stdout
    for (const line of [
      /person\.add +person:siv +socket/,
      /person\.password +person:siv/,
      /token\.add +token:grafana/,
    ]) {
      expect(log).toMatch(line)
    }
    expect(log).not.toMatch(/Siv Olsen|horse/)
    expect(await aal('audit', 'verify')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Whole: \d+ rows/),
    })
    expect(hub.stderr()).not.toMatch(/horse|aal_|Siv Olsen/)
  }, 120_000)

  it('says that the admin has a password instead of printing a link at each start', async () => {
    expect((await withStdin(`${PASSWORD}\n`, 'person', 'password', 'admin')).code).toBe(0)
    await hub.kill('SIGTERM')
    const next = launchHub({ data: hub.data })
    const started = await next.started
    await next.kill('SIGTERM')
    expect(started).toMatchObject({ signIn: '', url: expect.stringContaining('http://') })
  }, 120_000)
})
