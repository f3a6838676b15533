import { beforeEach, describe, expect, it } from 'vitest'
import { startLinkBench } from '../http/link-bench.ts'
import type { LinkBench } from '../http/link-bench.ts'

const DAUGHTER = '+4790000001'
const NURSE = '+4790000003'
const STRANGER = '+4799999999'

let hub: LinkBench
let alert: string
let code: string
beforeEach(async () => {
  hub = await startLinkBench({ takesAnswers: true })
  alert = await hub.fall()
  code = hub.bench.core.openAlerts()[0]?.code ?? ''
  expect(code).toMatch(/^\d{4}$/)
})

/** How the alert is. */
const handling = () => hub.bench.core.openAlerts().find(({ id }) => id === alert)?.handling

describe('an answer by SMS', () => {
  it('takes the alert from a registered number with its code', async () => {
    await hub.office.takeAnswer(DAUGHTER, `1 ${code}`)
    expect(handling()).toBe('acknowledged')
  })

  it('does nothing from a number that is not registered, though it knows the code', async () => {
    expect(await hub.office.takeAnswer(STRANGER, `1 ${code}`)).toMatchObject({ matched: false })
    expect(handling()).toBe('new')
  })

  it('without its code, or with another one, takes no alert', async () => {
    for (const text of ['1', 'ja', 'OK', 'jeg tar det', '1 0000', '1 1234567']) {
      await hub.office.takeAnswer(NURSE, text)
      expect(handling(), text).toBe('new')
    }
  })

  it('never closes it, whatever is written', async () => {
    for (const words of [
      '1',
      '2',
      'ferdig',
      'løst',
      'resolved',
      'close',
      'falsk alarm',
      '0',
      '3',
      'STOP',
      'START',
      'slutt',
    ]) {
      for (const text of [words, `${words} ${code}`, `${code} ${words}`]) {
        await hub.office.takeAnswer(DAUGHTER, text)
        expect(['new', 'acknowledged'], text).toContain(handling())
      }
    }
  })
})
