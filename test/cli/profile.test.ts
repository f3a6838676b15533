import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runAal } from '../helpers/hub-process.ts'
import { tempDir } from '../helpers/temp-dir.ts'

describe('aal profile', () => {
  it('lists, finds and shows profiles', async () => {
    const [listed, shown, unknown] = await Promise.all([
      runAal(['profile', 'list', 'smoke', '--json']),
      runAal(['profile', 'show', 'zigbee2mqtt-contact']),
      runAal(['profile', 'show', 'zigbee2mqtt-contat']),
    ])
    const ids = (JSON.parse(listed.stdout) as { id: string }[]).map(({ id }) => id)
    expect(ids).toEqual(expect.arrayContaining(['shelly-smoke', 'zigbee2mqtt-smoke']))
    expect(shown.stdout).toContain('Open the door (Åpne døren): door open')
    expect(unknown).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('did you mean "zigbee2mqtt-contact"?'),
    })
  })

  it('names the profiles that read the most of a capture, not each that reads something of it', async () => {
    const capture = join(tempDir(), 'capture.txt')
    await writeFile(capture, 'homes/h-0001/zigbee2mqtt/bath {"smoke":false,"tamper":false,"battery":97}\n')
    const { stderr } = await runAal(['profile', 'draft', capture, '--id', 'my-smoke'])
    expect(stderr.match(/The profile "[^"]+" reads all of this/g)).toEqual([
      'The profile "zigbee2mqtt-smoke" reads all of this',
    ])
  })

  it('drafts from a capture what its own check accepts, and says of an example that fails where and why', async () => {
    const folder = tempDir()
    const capture = join(folder, 'capture.txt')
    const out = join(folder, 'my-door.yaml')
    await writeFile(
      capture,
      'homes/h-0001/zigbee2mqtt/hall {"contact":true,"battery":97}\nhomes/h-0001/zigbee2mqtt/hall {"contact":false}\n',
    )
    const drafted = await runAal(['profile', 'draft', capture, '--out', out])
    expect(drafted).toMatchObject({ code: 0, stdout: '' })
    expect(drafted.stderr).toContain('The profile "zigbee2mqtt-contact" reads all of this as it is')
    expect(drafted.stderr).toContain('2 examples of 2 messages.')
    const text = await readFile(out, 'utf8')
    await writeFile(
      join(folder, 'other.yaml'),
      text.replaceAll('my-door', 'other').replace('value: open', 'value: closed'),
    )
    const [good, wrong, again, unnamed] = await Promise.all([
      runAal(['profile', 'check', out]),
      runAal(['profile', 'check', folder, '--json']),
      runAal(['profile', 'draft', capture, '--out', out]),
      runAal(['profile', 'draft', capture]),
    ])
    expect(good).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('1 profile, 2 examples: no errors.'),
    })
    expect(wrong.code).toBe(1)
    expect(JSON.parse(wrong.stdout)).toMatchObject({
      files: 2,
      problems: [
        {
          file: join(folder, 'other.yaml'),
          line: expect.any(Number),
          message:
            'Example 2 (zigbee2mqtt/hall) fails: expected [{"kind":"door","value":"closed"}], got [{"kind":"door","value":"open"}]',
        },
      ],
    })
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('file already exists') })
    expect(unnamed).toMatchObject({ code: 2, stderr: expect.stringContaining('--id my-sensor') })
  })
})
