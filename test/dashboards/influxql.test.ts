import { describe, expect, it } from 'vitest'
import {
  asSeries,
  asTable,
  below,
  byInterval,
  identifier,
  inRange,
  is,
  isChosen,
  last,
  math,
  mean,
  select,
  tagValues,
  within,
} from '../../dashboards/influxql.ts'
import { fillIn } from './fill-in.ts'

describe('select', () => {
  it('quotes names and texts, whatever is in them', () => {
    const query = select({
      select: { 'a "b"': identifier('x"y\\') },
      from: 'm n',
      where: [is('tag', "it's \\ 1"), below('x', 3.5)],
    })
    expect(query.influxql).toBe(
      String.raw`SELECT "x\"y\\" AS "a \"b\"" FROM "m n" WHERE "tag" = 'it\'s \\ 1' AND "x" < 3.5`,
    )
    expect(query.columns).toEqual(['a "b"'])
  })

  it('asks of another query, by stretches, the newest first, and not more than a limit', () => {
    const inner = select({ select: { p: last('protection') }, from: 'home', groupBy: [identifier('home')] })
    const outer = select({
      select: { share: math`${mean('p')} * ${100}` },
      from: inner,
      where: [inRange, within('30m')],
      groupBy: [byInterval, identifier('area')],
      fill: 'none',
      newestFirst: true,
      limit: 5,
    })
    expect(outer.influxql).toBe(
      'SELECT mean("p") * 100 AS "share" FROM (SELECT last("protection") AS "p" FROM "home" GROUP BY "home") ' +
        'WHERE $timeFilter AND time > now() - 30m GROUP BY time($__interval), "area" fill(none) ORDER BY time DESC LIMIT 5',
    )
  })
})

describe('asTable, asSeries', () => {
  const query = select({ select: { value: identifier('value') }, from: 'door' })

  it('are queries of the data source by its uid, without what the package brands them with', () => {
    const common = { refId: 'A', datasource: { type: 'influxdb', uid: 'aal-influx' }, rawQuery: true }
    expect(asTable('A', query).build()).toEqual({ ...common, query: query.influxql, resultFormat: 'table' })
    expect(asSeries('A', query, '$tag_sensor').build()).toEqual({
      ...common,
      query: query.influxql,
      resultFormat: 'time_series',
      alias: '$tag_sensor',
    })
  })
})

describe('tagValues', () => {
  it('asks which values a tag has', () => {
    expect(tagValues('home', 'home', [isChosen('area', 'area')]).influxql).toBe(
      'SHOW TAG VALUES FROM "home" WITH KEY = "home" WHERE "area" =~ /^${area:regex}$/',
    )
  })
})

describe('fillIn', () => {
  const situation = { from: 1000, to: 2000, interval: '10s', variables: { home: ['h/1', 'h.2'], area: '.*' } }

  it('puts in what Grafana does', () => {
    const query = select({
      select: { value: mean('value') },
      from: 'door',
      where: [inRange, isChosen('home', 'home'), isChosen('area', 'area')],
      groupBy: [byInterval],
    })
    expect(fillIn(query.influxql, situation)).toBe(
      String.raw`SELECT mean("value") AS "value" FROM "door" WHERE time >= 1000ms and time <= 2000ms ` +
        String.raw`AND "home" =~ /^(h\/1|h\.2)$/ AND "area" =~ /^.*$/ GROUP BY time(10s)`,
    )
  })

  it('refuses what nobody fills in', () => {
    expect(() => fillIn('SELECT "x" FROM "y" WHERE "home" = \'${house}\'', situation)).toThrow(
      'Cannot fill in ${house}',
    )
    expect(() => fillIn('SELECT "x" FROM "y" WHERE $timefilter', situation)).toThrow(
      'Cannot fill in $timefilter',
    )
  })
})
