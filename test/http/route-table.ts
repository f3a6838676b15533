import type { Route } from '../../hub/http/access.ts'
import { createHttpApp } from '../../hub/http/app.ts'
import { ROLES, SCOPES } from '../../hub/model/person.ts'
import { memoryOffice } from './memory-office.ts'

export const BEGIN = '<!-- routes: npm run -s routes -->'
export const END = '<!-- end of routes -->'

/** Every route, of the network and of the admin socket, as the app declares them. */
export async function declaredRoutes(): Promise<Route[]> {
  const hook = { methods: ['POST'], take: async () => ({ status: 200, text: '' }) } as const
  const all = new Map<string, Route>()
  for (const trusted of [false, true]) {
    const app = await createHttpApp({
      office: memoryOffice(),
      version: '0.0.0',
      phone: true,
      trusted,
      consoleUrl: () => 'http://127.0.0.1',
      hooks: [{ channel: 'CHANNEL', name: 'inbound', ...hook }],
      signInWith: { name: 'x', begin: never, finish: never, end: never },
    })
    await app.ready()
    for (const { methods, url, config } of app.declaredRoutes()) {
      for (const method of methods) {
        if (method === 'HEAD' || method === 'OPTIONS' || url.startsWith('/api/docs')) continue
        const key = `${method} ${url}`
        if (!all.has(key)) all.set(key, { methods: [method], url, config })
      }
    }
    await app.close()
  }
  return [...all.values()].sort((a, b) => (lineKey(a) < lineKey(b) ? -1 : 1))
}

const never = (): never => {
  throw new Error('nobody signs in here')
}

const lineKey = ({ methods, url }: Route): string => `${url} ${methods[0]}`

/** The table of docs/people.md. */
export function routeTable(routes: readonly Route[]): string {
  const rows = routes.map(({ methods, url, config }) => {
    const { open, roles = [], scope = '', areas, board, audit, personal } = config
    const who = ROLES.map((role) => (open || roles.includes(role) ? 'yes' : ''))
    const anybody = open ? 'yes' : ''
    const keeps = open
      ? ''
      : url.includes(':home') || url.startsWith('/api/alerts/:id') || areas === 'kept'
        ? 'kept'
        : areas === 'none'
          ? 'no matter'
          : 'all only'
    const log = audit ?? personal ?? ''
    const cells = [`\`${methods[0]} ${url}\``, anybody, ...who, scope, keeps, board ? 'yes' : '', log]
    return `| ${cells.join(' | ')} |`
  })
  return [
    '| route | anybody | operator | installer | admin | token | areas | locked | audit |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n')
}

export interface TableLine {
  readonly method: string
  readonly url: string
  readonly anybody: boolean
  readonly roles: readonly string[]
  readonly scope: string
  readonly areas: string
  readonly whileLocked: boolean
}

/** What the docs say, read back. */
export function readTable(docs: string): TableLine[] {
  const table = docs.slice(docs.indexOf(BEGIN), docs.indexOf(END))
  return table.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim())
    const [, route = '', anybody, operator, installer, admin, scope = '', areas = '', locked] = cells
    const match = /^`(\w+) (\S+)`$/.exec(route)
    if (!match) return []
    const [, method = '', url = ''] = match
    if (scope !== '' && !(SCOPES as readonly string[]).includes(scope)) throw new Error(`no scope: ${line}`)
    return {
      method,
      url,
      anybody: anybody === 'yes',
      roles: Object.entries({ operator, installer, admin }).flatMap(([role, cell]) =>
        cell === 'yes' ? role : [],
      ),
      scope,
      areas,
      whileLocked: locked === 'yes',
    }
  })
}
