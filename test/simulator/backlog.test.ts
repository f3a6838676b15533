import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { createBacklog } from '../../devices/simulator/backlog.ts'

function bench(options: { window?: number; most?: number } = {}) {
  const sent: number[] = []
  const answers: (() => void)[] = []
  const backlog = createBacklog<number>({
    send(item, done) {
      sent.push(item)
      answers.push(done)
    },
    ...options,
  })
  return { sent, answers, backlog }
}

it('keeps everything until there is a link, then sends it in order, so many at once', () => {
  const { sent, answers, backlog } = bench({ window: 2 })
  for (const item of [1, 2, 3]) backlog.add(item)
  expect(sent).toEqual([])
  backlog.open()
  expect(sent).toEqual([1, 2])
  answers[0]?.()
  expect(sent).toEqual([1, 2, 3])
  expect(backlog.size).toBe(2)
})

it('sends again first what was under way when the link was lost, and takes no late answer for it', () => {
  const { sent, answers, backlog } = bench({ window: 2 })
  backlog.open()
  for (const item of [1, 2, 3]) backlog.add(item)
  backlog.takeBack()
  answers[0]?.()
  expect(backlog.size).toBe(3)
  backlog.open()
  expect(sent).toEqual([1, 2, 1, 2])
})

it('drops the oldest where there is no room, and counts them', () => {
  const { sent, backlog } = bench({ most: 2 })
  for (const item of [1, 2, 3, 4]) backlog.add(item)
  backlog.open()
  expect(sent).toEqual([3, 4])
  expect(backlog.lost).toBe(2)
})

it('loses nothing and keeps the order, whatever happens to the link', () => {
  const happening = fc.constantFrom('add', 'open', 'pause', 'takeBack', 'answer')
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      const { sent, answers, backlog } = bench({ window: 3 })
      let next = 0
      for (const one of happenings) {
        if (one === 'add') backlog.add(next++)
        else if (one === 'answer') answers.shift()?.()
        else backlog[one]()
      }
      backlog.open()
      while (answers.length > 0) answers.shift()?.()
      expect(backlog.size).toBe(0)
      const firsts = [...new Set(sent)]
      expect(firsts).toEqual(Array.from({ length: next }, (_, index) => index))
    }),
  )
})
