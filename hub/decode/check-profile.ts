import { basename } from 'node:path'
import { parseYaml } from '../source/parse-yaml.ts'
import type { Problem } from '../source/problem.ts'
import type { Profile } from './profile.ts'
import { profileSchema } from './profile-schema.ts'
import { runExample } from './run-example.ts'

/** What is wrong in a profile, and what it still lacks. */
export interface CheckedProfile {
  readonly profile?: Profile
  readonly problems: readonly Problem[]
  /** What works without, and is better with. */
  readonly advice: readonly Problem[]
}

/**
 * Reads the text of a profile as `parseProfile` does, and runs its examples: each that fails is a problem at its place
 * in the file, with what was expected and what came out.
 * @param file the name of the file, which is also the id
 */
export function checkProfile(file: string, text: string): CheckedProfile {
  const parsed = parseYaml(file, text, profileSchema(basename(file, '.yaml')))
  if (!parsed.ok) return { problems: parsed.problems, advice: [] }
  const { value: profile, problem } = parsed.value
  const problems = profile.examples.flatMap((example, index) =>
    runExample(profile, example).map((wrong) =>
      problem(['examples', index], `Example ${index + 1} (${example.topic}) fails: ${wrong}`),
    ),
  )
  return { profile, problems, advice: [...adviceOn(profile, problem)] }
}

function* adviceOn(
  { kinds, examples, prove, title }: Profile,
  problem: (path: readonly PropertyKey[], message: string) => Problem,
): Generator<Problem> {
  if (!prove) {
    yield problem([], 'Nothing says how the installer sees that it works: add "prove"')
  }
  if (title.en === title.nb) yield problem(['title'], 'The title is the same in en and nb: give one for each')
  const shown = new Set(examples.flatMap(({ readings }) => readings.map(({ kind }) => kind)))
  const unseen = kinds.filter((kind) => kind !== '*' && !shown.has(kind))
  if (unseen.length > 0) yield problem(['examples'], `No example gives ${unseen.join(', ')}`)
  if (!examples.some(({ undecoded }) => undecoded !== undefined)) {
    yield problem(['examples'], 'No example shows what cannot be decoded: add one with "undecoded"')
  }
}
