import { relative } from 'node:path'

/** A folder as people see it from where they are; as it is where that would lead up. */
export function nearPath(folder: string): string {
  const near = relative(process.cwd(), folder)
  return near === '' ? '.' : near.startsWith('..') ? folder : near
}
