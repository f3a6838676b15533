import { describe, expect, it } from 'vitest'
import { fillTemplate, parseTopicPattern } from '../../hub/source/topic-pattern.ts'

describe('parseTopicPattern', () => {
  it.each([
    [
      'v3/{app}@ttn/devices/{device}/up',
      'v3/+/devices/+/up',
      'v3/a.b@ttn/devices/d-1/up',
      { app: 'a.b', device: 'd-1' },
    ],
    ['{home}/{rest}', '+/#', 'h-1/zigbee2mqtt/hall/door', { home: 'h-1', rest: 'zigbee2mqtt/hall/door' }],
    ['a.b/{device}', 'a.b/+', 'a.b/x', { device: 'x' }],
    ['plain/topic', 'plain/topic', 'plain/topic', {}],
  ])('%s', (pattern, filter, topic, parts) => {
    const parsed = parseTopicPattern(pattern)
    expect(parsed.filter).toBe(filter)
    expect(parsed.match(topic)).toEqual(parts)
  })

  it.each([
    ['v3/{app}@ttn/devices/{device}/up', 'v3/a@other/devices/d/up'],
    ['a.b/{device}', 'axb/x'],
    ['{home}/{rest}', 'h-1'],
    ['t/{device}', 't/a/b'],
    ['t/{device}', 't/'],
  ])('%s is not %s', (pattern, topic) => {
    expect(parseTopicPattern(pattern).match(topic)).toBeUndefined()
  })

  it.each([
    ['a/+', 'wildcard'],
    ['a/{}', 'letters and digits'],
    ['a/{x}/{x}', 'twice'],
    ['{rest}/a', 'last level'],
    ['a{rest}', 'last level'],
    ['a/{x', 'brace'],
    ['{a}{b}', 'nothing between'],
  ])('refuses %s', (pattern, why) => {
    expect(() => parseTopicPattern(pattern)).toThrow(why)
  })

  it('fills templates, and takes nothing in a part for more than it is', () => {
    expect(fillTemplate('lorawan/{device}', { device: '$&{x}' })).toBe('lorawan/$&{x}')
  })
})
