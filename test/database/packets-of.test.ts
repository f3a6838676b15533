import { expect, it } from 'vitest'
import { openDatabase } from '../../hub/database/open-database.ts'
import { packetsOf } from '../../hub/database/packets-of.ts'
import { tempDir } from '../helpers/temp-dir.ts'

it('finds the packets of the gateways of a home, and nobody else’s', () => {
  const { db, close } = openDatabase(tempDir('packets-of'))
  const put = db.prepare('INSERT INTO recent_packets (at, body) VALUES (1, ?)')
  const gateway = db.prepare("INSERT INTO gateway VALUES (?, ?, '', 1)")
  gateway.run('gw-1', 'h-1')
  gateway.run('gw-2', 'h-1')
  gateway.run('gw-10', 'h-2')
  for (const row of [
    [
      ['gw-1/box', 'gw-1/box'],
      [1, 2],
    ],
    [
      ['gw-1', 'gw-10/box', 'gw-2/a', 'gw-2/a'],
      [3, 4, 5, 6],
    ],
    [['gw-10/gw-1'], [7]],
  ]) {
    put.run(JSON.stringify(row))
  }
  expect(packetsOf(db, 'h-1').toSorted((one, other) => one.id - other.id)).toEqual([
    { id: 1, theirs: 2, body: undefined },
    { id: 2, theirs: 3, body: '[["gw-10/box"],[4]]' },
  ])
  expect(packetsOf(db, 'h-3')).toEqual([])
  close()
})
