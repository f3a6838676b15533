import { encodeQR } from 'qr'
import { decodeQR } from 'qr/decode.js'
import { describe, expect, it } from 'vitest'
import {
  checkId,
  checkPhone,
  checkTimezone,
  freeId,
  idOf,
  suggestPhone,
} from '../../hub/console/visit/check-fields.ts'
import { readCode } from '../../hub/console/visit/read-code.ts'

const HOSTS = ['hub.example.org']

describe('readCode', () => {
  it.each([
    ['0x00158D0001A2B3C4', { is: 'device', address: '0x00158d0001a2b3c4' }],
    ['00:15:8d:00:01:a2:b3:c4', { is: 'device', address: '00158d0001a2b3c4' }],
    ['A4-C1-38-01-02-03', { is: 'device', address: 'a4c138010203' }],
    [
      'Z:00124B0014AABBCC$I:83FED3407A939723A5C639B26916D505C3B5',
      { is: 'device', address: '0x00124b0014aabbcc' },
    ],
    [
      'G$M:69775$S:680S00003915$D:29562%Z$A:04CF8CDF3C7D11FF$I:1A2B',
      { is: 'device', address: '0x04cf8cdf3c7d11ff' },
    ],
    ['LW:D0:24E124FFFEF00000:24E124136B000001:00070001', { is: 'device', address: '24e124136b000001' }],
    ['URN:DEV:LW:24E124136B000001_24E124FFFEF00000', { is: 'device', address: '24e124136b000001' }],
    [' hall-door ', { is: 'name', name: 'hall-door' }],
    ['mqtts://gw-0417:secret@hub.example.org:8883/homes/h-0417/', { is: 'gateway', gateway: 'gw-0417' }],
    ['https://hub.example.org/visit/h-0417', { is: 'home', home: 'h-0417' }],
    ['mqtt://gw-1:x@other.example.org', { is: 'elsewhere', host: 'other.example.org' }],
    ['https://www.ikea.com/se/123', { is: 'elsewhere', host: 'www.ikea.com' }],
    ['two words', { is: 'unknown', text: 'two words' }],
    ['', { is: 'unknown', text: '' }],
  ])('reads %s', (text, code) => {
    expect(readCode(text, HOSTS)).toEqual(code)
  })
})

it('a login as a QR code is read where the browser cannot read codes itself', () => {
  const login = 'mqtts://gw-0417:axkr37rq2q8g497ej3qu2frtcm4uuxpa@hub.example.org:8883/homes/h-0417/'
  const rows = encodeQR(login, 'raw', { ecc: 'medium', border: 4 })
  const width = rows.length * 4
  const data = new Uint8ClampedArray(width * width * 4).fill(255)
  for (let pixel = 0; pixel < width * width; pixel++) {
    const isDark = rows[Math.floor(pixel / width / 4)]?.[Math.floor((pixel % width) / 4)]
    if (isDark) data.fill(0, pixel * 4, pixel * 4 + 3)
  }
  expect(decodeQR({ width, height: width, data })).toBe(login)
  expect(readCode(login, HOSTS)).toEqual({ is: 'gateway', gateway: 'gw-0417' })
})

describe('the fields of a visit', () => {
  it.each([
    ['+47 900 00 021', undefined, undefined],
    ['', undefined, undefined],
    ['900 00 021', 'phoneCountry', '+47 900 00 021'],
    ['0047 90000021', 'phoneCountry', '+4790000021'],
    ['+47 9000', 'phone', undefined],
  ])('say of the number %s what is wrong', (text, fault, suggestion) => {
    expect(checkPhone(text)).toBe(fault)
    expect(suggestPhone(text)).toBe(suggestion)
  })

  it('know time zones by their place', () => {
    expect(['Europe/Oslo', 'Europe/Olso', '+01:00', ''].map(checkTimezone)).toEqual([
      undefined,
      'timezone',
      'timezone',
      'timezone',
    ])
  })

  it('make names for topics of names for people', () => {
    expect(idOf('Gjesterom på Løkka 2')).toBe('gjesterom-pa-lokka-2')
    expect(checkId(idOf('Ærfugl'))).toBe(undefined)
    expect(checkId('a b')).toBe('id')
    expect(freeId('hall-door', ['hall-door', 'hall-door-2'])).toBe('hall-door-3')
    expect(freeId('', [])).toBe('sensor')
  })
})
