/** One instruction of a Dockerfile, its continued lines as one. */
export interface Instruction {
  readonly name: string
  /** Behind the name, as it is written. */
  readonly text: string
  /** The words of the exec form (`["aal"]`); undefined where a shell runs it. */
  readonly exec?: readonly string[]
  readonly line: number
}

export interface Stage {
  readonly from: string
  /** `FROM … AS name` */
  readonly name?: string
  readonly instructions: readonly Instruction[]
}

export interface Copy {
  readonly from?: string
  readonly chown?: string
  readonly sources: readonly string[]
  readonly target: string
}

/** Reads the part of the format that the repository's files use: no heredocs, no parser directives. */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: { from: string; name?: string; instructions: Instruction[] }[] = []
  let pending = ''
  let begun = 0
  text.split('\n').forEach((raw, index) => {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) return
    if (pending === '') begun = index + 1
    pending += line
    if (pending.endsWith('\\')) {
      pending = `${pending.slice(0, -1).trimEnd()} `
      return
    }
    const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/s.exec(pending) ?? []
    pending = ''
    if (name === '') throw new Error(`Line ${begun} of the Dockerfile has no instruction`)
    if (name === 'FROM') {
      const [from = '', , alias] = rest.split(/\s+/)
      stages.push({ from, ...(alias !== undefined && { name: alias }), instructions: [] })
      return
    }
    const exec = execForm(name === 'HEALTHCHECK' ? rest.replace(/^.*?CMD\s+/, '') : rest)
    const stage = stages.at(-1)
    if (!stage) throw new Error(`Line ${begun} of the Dockerfile is before any FROM`)
    stage.instructions.push({ name, text: rest, ...(exec && { exec }), line: begun })
  })
  return stages
}

export function parseCopy(text: string): Copy {
  const words = text.split(/\s+/)
  const flags = Object.fromEntries(
    words
      .filter((word) => word.startsWith('--'))
      .map((word) => word.slice(2).split('=', 2) as [string, string]),
  )
  const paths = words.filter((word) => !word.startsWith('--'))
  return {
    ...(flags['from'] !== undefined && { from: flags['from'] }),
    ...(flags['chown'] !== undefined && { chown: flags['chown'] }),
    sources: paths.slice(0, -1),
    target: paths.at(-1) ?? '',
  }
}

function execForm(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return undefined
  const words: unknown = JSON.parse(text)
  if (!Array.isArray(words) || !words.every((word) => typeof word === 'string')) {
    throw new Error(`Cannot read the exec form ${text}: expected a list of strings`)
  }
  return words
}

/**
 * Whether a file of the build context is left out by a `.dockerignore`: the last pattern that fits the file or a folder
 * above it decides, `!` takes in again.
 */
export function isIgnored(patterns: string, path: string): boolean {
  let ignored = false
  const parts = path.split('/')
  const above = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  for (const raw of patterns.split('\n')) {
    const line = raw.trim()
    if (line === '' || line.startsWith('#')) continue
    const takesIn = line.startsWith('!')
    const pattern = patternOf((takesIn ? line.slice(1) : line).replace(/^\/|\/$/g, ''))
    if (above.some((one) => pattern.test(one))) ignored = !takesIn
  }
  return ignored
}

/** `**` stands for any folders, `*` and `?` for what is within one name. */
function patternOf(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll(/\*\*\/|\*\*|\*|\?/g, (one) =>
      one === '**/' ? '(?:.*/)?' : one === '**' ? '.*' : one === '*' ? '[^/]*' : '[^/]',
    )
  return new RegExp(`^${source}$`)
}
