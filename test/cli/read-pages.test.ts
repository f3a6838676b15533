import { describe, expect, it } from 'vitest'
import { readLimit, readPages } from '../../hub/cli/read-pages.ts'

describe('readPages', () => {
  it('goes on from page to page until it has as many as asked for, or all', async () => {
    const all = Array.from({ length: 1200 }, (_, index) => index)
    const asked: string[] = []
    const api = {
      call: async (_method: string, path: string) => {
        asked.push(path)
        const query = new URLSearchParams(path.split('?')[1])
        const from = Number(query.get('cursor') ?? 0)
        const to = from + Number(query.get('limit'))
        return { rows: all.slice(from, to), ...(to < all.length && { next: String(to) }) }
      },
    }
    const read = (limit: number) =>
      readPages<number>(api, '/api/x', 'rows', { limit, state: undefined, alert: 'a&b' })
    expect(await read(700)).toEqual(all.slice(0, 700))
    expect(asked).toEqual(['/api/x?alert=a%26b&limit=500', '/api/x?alert=a%26b&limit=200&cursor=500'])
    expect(await read(5000)).toEqual(all)
  })

  it('takes no limit that is none', () => {
    expect(readLimit('700')).toBe(700)
    for (const text of ['0', '1.5', 'x', '100001']) expect(() => readLimit(text)).toThrow('whole number')
  })
})
