import type { Difference, HomeDifference } from '../model/register.ts'
import type { HomeText } from './homes-schema.ts'

const LISTS: ReadonlySet<string> = new Set(['gateways', 'residents', 'rooms', 'sensors', 'contacts'])
const SECRET = '•••'

/** What a change makes of a home, field by field; the code of the key safe is not told. */
export function diffHome(before: HomeText | undefined, after: HomeText): HomeDifference {
  const [was, is] = [flat(before), flat(after)]
  const paths = [...new Set([...was.keys(), ...is.keys()])]
  const differences = paths.flatMap((path): Difference[] => {
    const [from, to] = [was.get(path), is.get(path)]
    if (from === to) return []
    const tell = (value: string): string => (path.startsWith('keySafe') ? SECRET : value)
    return [
      {
        path,
        ...(from !== undefined && { before: tell(from) }),
        ...(to !== undefined && { after: tell(to) }),
      },
    ]
  })
  return {
    home: after.id,
    what: before === undefined ? 'new' : differences.length > 0 ? 'changed' : 'same',
    differences,
  }
}

function flat(home: HomeText | undefined): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(home ?? {})) {
    if (LISTS.has(key) && Array.isArray(value)) {
      for (const { id, ...fields } of value as ({ id: string } & Record<string, unknown>)[]) {
        found.set(`${key}/${id}`, 'there')
        for (const [name, of] of Object.entries(fields)) found.set(`${key}/${id}/${name}`, shown(of))
      }
    } else if (key !== 'id') found.set(key, shown(value))
  }
  return found
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
