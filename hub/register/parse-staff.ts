import { lacksOf } from '../model/lacks.ts'
import type { StaffFacts, StaffPersonal } from '../model/staff.ts'
import { parseYaml } from '../source/parse-yaml.ts'
import type { Parsed, Problem } from '../source/problem.ts'
import { staffSchema } from './staff-schema.ts'

export interface ParsedStaff {
  readonly facts: readonly StaffFacts[]
  readonly personal: readonly StaffPersonal[]
}

/** Reads a file of the staff. A file with any error is refused whole, with every error and its place. */
export function parseStaff(file: string, text: string): Parsed<ParsedStaff> {
  const parsed = parseYaml(file, text, staffSchema)
  if (!parsed.ok) return parsed
  const { staff } = parsed.value.value
  const problems: Problem[] = []
  staff.forEach(({ id, phone }, index) => {
    const same = (key: 'id' | 'phone', value: string | undefined): boolean =>
      value !== undefined && staff.findIndex((other) => other[key] === value) < index
    const fail = (key: 'id' | 'phone', message: string): void => {
      problems.push(parsed.value.problem(['staff', index, key], message))
    }
    if (same('id', id)) fail('id', `Cannot register "${id}" twice in one file`)
    // Nobody could say who of them answered.
    if (same('phone', phone)) {
      fail('phone', `Cannot give "${id}" a number that another one has: leave it out or correct it`)
    }
  })
  if (problems.length > 0) return { ok: false, problems }
  return {
    ok: true,
    value: {
      facts: staff.map(({ id, language, phone, email }) => ({ id, language, ...lacksOf({ phone, email }) })),
      personal: staff.map(({ id, name, phone, email }) => ({
        id,
        ...(name !== undefined && { name }),
        ...(phone !== undefined && { phone }),
        ...(email !== undefined && { email }),
      })),
    },
  }
}
