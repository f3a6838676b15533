import { existsSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createReserveFile } from '../../hub/database/reserve-file.ts'
import { tempDir } from '../helpers/temp-dir.ts'

const SIZE = 9 * 1024 * 1024

describe('the reserve', () => {
  it('takes real room, and gives all of it back', async () => {
    const folder = tempDir('reserve')
    const reserve = createReserveFile(folder)
    expect([reserve.held(), reserve.release()]).toEqual([0, false])
    await reserve.take(SIZE)
    expect(reserve.held()).toBe(SIZE)
    expect(statSync(join(folder, 'reserve')).blocks * 512).toBeGreaterThanOrEqual(SIZE)
    expect(createReserveFile(folder).held()).toBe(SIZE)
    expect(reserve.release()).toBe(true)
    expect([reserve.held(), readdirSync(folder)]).toEqual([0, []])
  })

  it('counts no file that is large and takes no room', () => {
    const folder = tempDir('reserve')
    const file = join(folder, 'reserve')
    writeFileSync(file, '')
    truncateSync(file, SIZE)
    expect(createReserveFile(folder).held()).toBe(0)
  })

  it('is not taken any more when it is given up meanwhile', async () => {
    const folder = tempDir('reserve')
    const reserve = createReserveFile(folder)
    const taking = reserve.take(SIZE)
    reserve.release()
    await taking
    expect(readdirSync(folder)).toEqual([])
  })

  it('takes nothing where there is no room', async () => {
    const folder = join(tempDir('reserve'), 'gone')
    await expect(createReserveFile(folder).take(SIZE)).rejects.toThrow(
      /Cannot take room for alarms in .*gone/,
    )
    expect(existsSync(folder)).toBe(false)
  })
})
