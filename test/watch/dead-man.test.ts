import { expect, it } from 'vitest'
import { createDeadMan } from '../../hub/watch/dead-man.ts'

it('createDeadMan calls nobody, and ends nothing, when it cannot be judged how the hub is', async () => {
  const said: object[] = []
  const log = { info: () => {}, warn: (fields: object) => void said.push(fields) }
  const fetch = () => Promise.reject(new Error('not to be called'))
  const judge = (): never => {
    throw new Error('disk I/O error')
  }
  const url = 'https://ping.example/1'
  createDeadMan({ url, every: 1, judge, repeat: () => () => {}, log, fetch }).start()
  await expect.poll(() => said).toEqual([{ host: 'ping.example', error: 'disk I/O error' }])
})
