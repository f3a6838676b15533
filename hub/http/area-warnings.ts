import { z } from 'zod'
import type { Areas } from '../model/person.ts'
import { hint } from '../source/parse-yaml.ts'
import type { Office } from './office.ts'

export const warningsField = z
  .array(z.string())
  .optional()
  .describe('What was taken and is perhaps not meant: an area that no home has.')

/** An area may be named before its first home is registered; a slip of the pen looks the same, so it is said. */
export function areaWarnings({ core }: Office, areas: Areas | undefined): { warnings?: string[] } {
  if (areas === undefined || areas === 'all') return {}
  const known = new Set([...core.homes()].map(({ area = '' }) => area))
  const warnings = areas
    .filter((area) => area !== '' && !known.has(area))
    .map(
      (area) =>
        `Nothing is seen there yet: no home has the area "${area}"${hint(
          area,
          [...known].filter((one) => one !== ''),
        )}`,
    )
  return warnings.length === 0 ? {} : { warnings }
}
