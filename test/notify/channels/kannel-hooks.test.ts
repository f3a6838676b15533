import { describe, expect, test } from 'vitest'
import {
  createKannelHooks,
  parseKannelDelivery,
  parseKannelInbound,
} from '../../../hub/notify/channels/kannel-hooks.ts'
import { createMemoryCalls, createTakeOnce } from '../../../hub/notify/take-once.ts'

const ID = 'a1/1/daughter/sms'

test.each([
  ['1', { to: 'delivered' }],
  ['2', { to: 'failed', error: 'Not delivered to the phone: NACK/absent' }],
  ['4', { to: 'accepted' }],
  ['8', { to: 'accepted' }],
  ['16', { to: 'failed', error: 'Rejected by the SMS centre: NACK/absent' }],
])('parseKannelDelivery reads type %s', (type, expected) => {
  expect(parseKannelDelivery({ id: ID, type, error: 'NACK/absent' })).toEqual({
    ok: true,
    notification: ID,
    ...expected,
  })
})

test('parseKannelDelivery keeps no number and no text that the SMS centre repeats', () => {
  const error =
    'id:4790000001 sub:001 dlvrd:000 submit date:2611220312 stat:UNDELIV err:045 text:VARSEL: Mulig fall'
  const parsed = parseKannelDelivery({ id: ID, type: '2', error })
  expect(parsed).toMatchObject({ error: expect.stringContaining('stat:UNDELIV err:045') })
  expect(JSON.stringify(parsed)).not.toMatch(/4790000001|VARSEL|fall/)
})

test.each([
  [undefined],
  [{}],
  [{ id: ID }],
  [{ id: '', type: '1' }],
  [{ id: ID, type: '3' }],
  [{ id: ['x'], type: '1' }],
])('parseKannelDelivery does not take %j', (query) => {
  expect(parseKannelDelivery(query)).toMatchObject({ ok: false })
})

test.each(['+4790000001', '4790000001', '004790000001', '+47 900 00 001'])(
  'parseKannelInbound makes E.164 of %s',
  (from) => {
    expect(parseKannelInbound({ from, text: '1 4821' })).toEqual({
      ok: true,
      from: '+4790000001',
      text: '1 4821',
    })
  },
)

test.each([
  { from: 'Telenor', text: 'x' },
  { from: '2000', text: 'x' },
  { from: '', text: 'x' },
  { text: 'x' },
])('parseKannelInbound does not take %j', (query) => {
  expect(parseKannelInbound(query)).toMatchObject({ ok: false })
})

test('parseKannelInbound reads the id that Kannel gives an SMS', () => {
  const sms = { from: '4790000001', text: 'x' }
  expect(parseKannelInbound({ ...sms, id: '3f2a' })).toMatchObject({ ok: true, id: '3f2a' })
  expect(parseKannelInbound({ ...sms, id: '' })).toEqual({ ok: true, from: '+4790000001', text: 'x' })
})

describe('createKannelHooks', () => {
  const taken: unknown[] = []
  let works = true
  const take = async (...all: unknown[]): Promise<void> => {
    if (!works) throw new Error('disk full')
    taken.push(all)
  }
  const hooks = createKannelHooks({
    channel: 'kannel',
    token: 'k'.repeat(32),
    sink: { deliver: take, answer: take },
    takeOnce: createTakeOnce('kannel', createMemoryCalls(), Date.now),
  })
  const call = async (name: string, query: Record<string, string>, token = 'k'.repeat(32)) => {
    const hook = hooks.find((one) => one.name === name)
    return await hook?.take({ url: '', query: { token, ...query }, headers: {}, body: '' })
  }
  const report = { id: ID, type: '1' }
  const sms = { from: '4790000001', text: 'ja' }

  test('hands on, and makes Kannel call again when the hub cannot take it', async () => {
    expect(await call('delivery', report)).toEqual({ status: 200, text: '' })
    expect(await call('inbound', sms)).toEqual({ status: 200, text: '' })
    expect(taken).toEqual([[{ notification: ID, to: 'delivered' }], ['+4790000001', 'ja']])
    works = false
    expect(await call('delivery', report)).toMatchObject({ status: 503 })
    expect(await call('inbound', { ...sms, text: 'nei' })).toMatchObject({ status: 503 })
    expect(await call('inbound', {})).toMatchObject({ status: 400 })
    expect(await call('delivery', {})).toMatchObject({ status: 400 })
    works = true
  })

  test.each(['', 'kkk', `${'k'.repeat(31)}l`])('refuses the token %j', async (token) => {
    const before = taken.length
    expect(await call('delivery', report, token)).toMatchObject({ status: 403 })
    expect(await call('inbound', sms, token)).toMatchObject({ status: 403 })
    expect(taken).toHaveLength(before)
  })
})
