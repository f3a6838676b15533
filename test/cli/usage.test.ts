import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { runAal } from '../helpers/hub-process.ts'

describe('aal', () => {
  it.each([
    ['no command', []],
    ['an unknown command', ['strat']],
    ['an unknown option', ['start', '--prot', '1883']],
    ['a port that is none', ['start', '--mqtt-port', '99999']],
    ['a word as a port', ['start', '--http-port', 'http']],
    ['a missing argument', ['import']],
    ['an unknown sub-command', ['alerts', 'delete']],
    ['a link for nobody', ['sign-in']],
    ['a missing cause', ['alerts', 'resolve', '0123456789ab']],
    ['an unknown cause', ['alerts', 'resolve', '0123456789ab', '--cause', 'bored']],
    ['a hold of no home', ['hold']],
    ['a home that is not named', ['home', 'show']],
    ['a message that is not named', ['messages', 'retry']],
    ['a limit that is none', ['undecoded', 'list', '--limit', '0']],
  ])('ends with 2 at %s and points at --help', async (_, args) => {
    const { code, stdout, stderr } = await runAal(args)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/--help|Usage: /)
    expect(stderr).not.toMatch(/^\s+at /m)
  })

  it('says nothing when whoever reads stops before the end', async () => {
    const aal = spawn(process.execPath, ['hub/aal.js', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
    aal.stdout.destroy()
    const [[code], stderr] = await Promise.all([once(aal, 'close'), text(aal.stderr)])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  })

  it('guesses what was meant', async () => {
    expect((await runAal(['strat'])).stderr).toContain('Did you mean start?')
    expect((await runAal(['start', '--mqtt-prot', '1'])).stderr).toContain('Did you mean --mqtt-port?')
  })

  it.each([
    [['--help'], 'aal import homes.yaml'],
    [['start', '--help'], 'aal start --config hub.yaml'],
    [['import', '--help'], 'aal import homes.yaml'],
    [['gateway', 'add', '--help'], 'aal gateway add h-0001'],
    [['sign-in', '--help'], 'aal sign-in --person siv'],
    [['gateway', '--help'], 'aal gateway add h-0001 --id gw-0001'],
    [['limits', '--help'], 'aal limits list h-0001'],
    [['profile', 'draft', '--help'], 'aal profile draft capture.txt'],
    [['mode', '--help'], 'aal mode h-0001 maintenance off --by ola'],
    [['hold', '--help'], 'aal hold h-0001 no-activity off --by siv'],
    [['hold', 'list', '--help'], 'aal hold list'],
    [['home', '--help'], 'aal home show h-0001'],
    [['home', 'create', '--help'], 'aal home create id=h-0003'],
    [['home', 'edit', '--help'], 'aal home edit h-0001 area='],
    [['gateway', 'renew', '--help'], 'aal gateway renew gw-0001'],
    [['home', 'list', '--help'], 'aal home list --area Alta'],
    [['home', 'show', '--help'], 'aal home show h-0001 --personal --by siv'],
    [['alerts', '--help'], 'aal alerts list'],
    [['alerts', 'raise', '--help'], 'aal alerts raise backup --clear'],
    [['undecoded', '--help'], 'aal undecoded list'],
    [['messages', '--help'], 'aal messages failed'],
    [['messages', 'failed', '--help'], 'aal messages failed --json'],
    [['messages', 'list', '--help'], 'aal messages list --alert'],
    [['messages', 'retry', '--help'], 'aal messages retry'],
    [['alerts', 'list', '--help'], 'aal alerts list --all --json'],
    [['alerts', 'ack', '--help'], 'aal alerts ack '],
    [['alerts', 'resolve', '--help'], '--cause false'],
    [['undecoded', 'list', '--help'], 'aal undecoded list'],
    [['dashboards', 'build', '--help'], 'aal dashboards build --check'],
    [['rules', 'check', '--help'], 'aal rules check'],
    [['rules', 'test', '--help'], 'aal rules test'],
    [['rules', 'replay', '--help'], 'aal rules replay'],
    [['simulate', '--help'], 'aal simulate'],
    [['demo', '--help'], 'aal demo'],
  ])('%j shows an example and ends with 0', async (args, example) => {
    const { code, stdout, stderr } = await runAal(args)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/Examples?:\n/)
    expect(stdout).toContain(example)
    for (const option of ['--data', '--config', '--json']) {
      const described = stdout.split('\n').filter((line) => line.trimStart().startsWith(`${option} `))
      expect(described.length).toBeLessThanOrEqual(1)
    }
  })

  it('prints its version', async () => {
    expect(await runAal(['--version'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    })
  })
})
