import { expect, it } from 'vitest'
import { createEraser } from '../../hub/database/erase.ts'
import { openDatabase } from '../../hub/database/open-database.ts'
import { createPacketSearch, textOf, withoutGateways } from '../../hub/database/packet-rows.ts'
import { tempDir } from '../helpers/temp-dir.ts'

it('finds the packets of the gateways of a home, and nobody else’s', () => {
  const { db, close } = openDatabase(tempDir('packet-rows'))
  const put = db.prepare('INSERT INTO recent_packets (at, body) VALUES (1, ?)')
  const rows = [
    { clients: ['gw-1/box', 'gw-1/box'], marks: [1, 2] },
    { clients: ['gw-7'], marks: [8] },
    { clients: ['gw-1', 'gw-10/box', 'gw-2/a', 'gw-2/a'], marks: [3, 4, 5, 6] },
    { clients: ['gw-10/gw-1'], marks: [7] },
  ].map(textOf)
  for (const row of rows) put.run(row)
  const search = createPacketSearch(db)
  const gateways = ['gw-1', 'gw-2']
  // One that begins in the same way is told apart behind it.
  expect(search(gateways, 0, 3).map(({ id }) => id)).toEqual([1, 3])
  expect(search(gateways, 3, 9).map(({ id }) => id)).toEqual([4])
  expect(search([], 0, 9)).toEqual([])
  expect(rows.map((row) => withoutGateways(row, gateways))).toEqual([
    { theirs: 2, left: undefined },
    { theirs: 0, left: rows[1] },
    { theirs: 3, left: textOf({ clients: ['gw-10/box'], marks: [4] }) },
    { theirs: 0, left: rows[3] },
  ])
  close()
})

it('are erased with their home, those too that come while it is being erased', async () => {
  const { db, close } = openDatabase(tempDir('packet-rows'))
  const put = db.prepare('INSERT INTO recent_packets (at, body) VALUES (1, ?)')
  const bodies = (): unknown => db.prepare('SELECT body FROM recent_packets ORDER BY id').all()
  db.exec("INSERT INTO gateway VALUES ('gw-1', 'h-1', '', 1), ('gw-2', 'h-2', '', 1)")
  const mixed = textOf({ clients: ['gw-2/a', 'gw-1/a'], marks: [1, 2] })
  const others = textOf({ clients: ['gw-2/a'], marks: [1] })
  for (let n = 0; n < 60; n++) put.run(mixed)
  const eraser = createEraser(db)
  const home = { home: 'h-1', sensors: [] }
  expect(await eraser.count(home)).toMatchObject({ readingIds: 60, gateways: 1 })
  expect(await eraser.erase(home)).toMatchObject({ readingIds: 60, gateways: 1 })
  expect(bodies()).toEqual(Array.from({ length: 60 }, () => ({ body: others })))
  put.run(mixed)
  expect(await eraser.erase(home)).toMatchObject({ readingIds: 1 })
  expect(bodies()).toEqual(Array.from({ length: 61 }, () => ({ body: others })))
  close()
})
