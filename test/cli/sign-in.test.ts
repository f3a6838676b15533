import { rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminSocket } from '../../hub/admin-socket.ts'
import { launchHub, runAal, startHubProcess } from '../helpers/hub-process.ts'
import type { HubProcess } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'

let hub: HubProcess
beforeAll(async () => {
  hub = await startHubProcess()
})
afterAll(async () => {
  await hub.kill('SIGTERM')
})

const signIn = (url: string, token: string | undefined) =>
  fetch(`${url}/api/session`, {
    method: 'POST',
    headers: { 'x-aal': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ token }),
  })

describe('aal sign-in', () => {
  it('makes a link of a running hub that signs that person in, once', async () => {
    const { code, stdout, stderr } = await runAal(['sign-in', '--person', 'siv', '--data', hub.data])
    expect(code).toBe(0)
    expect(stdout).toMatch(new RegExp(`^${hub.url}/sign-in#[\\w-]{43}\n$`))
    expect(stderr).toBe('It signs siv in, once, within 24 h. Give it to nobody else.\n')
    const token = stdout.trim().split('#')[1]
    expect(await (await signIn(hub.url, token)).json()).toMatchObject({ person: 'siv' })
    const again = await signIn(hub.url, token)
    expect(again.status).toBe(401)
    expect(((await again.json()) as { detail: string }).detail).toContain('"aal sign-in --person NAME"')
  })

  it('prints one JSON value for scripts', async () => {
    const { stdout } = await runAal(['sign-in', '--person', 'ola', '--json', '--data', hub.data])
    expect(JSON.parse(stdout)).toEqual({
      person: 'ola',
      signIn: expect.stringContaining(`${hub.url}/sign-in#`) as string,
    })
  })

  it('works while no hub runs, for the next one', async () => {
    const first = await startHubProcess()
    await first.kill('SIGTERM')
    const { stdout } = await runAal(['sign-in', '--person', 'siv', '--data', first.data])
    const next = launchHub({ data: first.data })
    try {
      const url = (await next.started)?.url ?? ''
      expect((await signIn(url, stdout.trim().split('#')[1])).status).toBe(200)
    } finally {
      await next.kill('SIGTERM')
    }
  })

  it('refuses a name that is none', async () => {
    const { code, stdout, stderr } = await runAal(['sign-in', '--person', 'Siv Li', '--data', hub.data])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain('person: a short name')
  })

  it('is not to be had from the network, signed in or not', async () => {
    const ask = (cookie: string) =>
      fetch(`${hub.url}/api/sign-in-links`, {
        method: 'POST',
        headers: { 'x-aal': '1', 'content-type': 'application/json', cookie },
        body: '{"person":"eve"}',
      })
    expect((await ask('')).status).toBe(404)
    const cookie = (await signIn(hub.url, hub.signIn.split('#')[1])).headers.get('set-cookie') ?? ''
    expect(cookie).not.toBe('')
    expect((await ask(cookie.split(';')[0] ?? '')).status).toBe(404)
  })
})

describe('aal, when the hub is stuck', () => {
  it('ends after 10 s and names its socket', async () => {
    const data = tempDir('stuck')
    const socket = adminSocket(data)
    const server = createServer()
    await new Promise<void>((fulfil) => server.listen(socket, fulfil))
    try {
      const { code, stdout, stderr } = await runAal(['alerts', 'list', '--data', data])
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
      expect(stderr).toBe(
        `The hub that listens on ${socket} has not answered for 10 s. See what it is doing, or start it again.\n`,
      )
    } finally {
      server.close()
      rmSync(socket, { force: true })
    }
  }, 25_000)
})
