/** Topics of a broker that others own, with named parts: `v3/{app}@ttn/devices/{device}/up`. */
export interface TopicPattern {
  /** What to subscribe to: `v3/+/devices/+/up`. */
  readonly filter: string
  readonly names: readonly string[]
  /** The named parts of a topic; undefined when it is not such a topic. */
  match(topic: string): Readonly<Record<string, string>> | undefined
}

/**
 * Reads a pattern. A part stands for one or more characters of one level; `{rest}`, which may only be the last level, for
 * one or more levels.
 * @throws Error with what is wrong with it, for people
 */
export function parseTopicPattern(pattern: string): TopicPattern {
  const names = [...pattern.matchAll(/\{([^{}]*)\}/g)].map((found) => found[1] ?? '')
  const wrong = names.find((name) => !/^[a-z][A-Za-z0-9]*$/.test(name))
  if (wrong !== undefined) throw new Error(`has a part {${wrong}}, expected letters and digits in the braces`)
  if (new Set(names).size < names.length) throw new Error('has the same part twice')
  if (/[+#\0]/.test(pattern)) throw new Error('has a wildcard, expected parts in braces such as {device}')
  const levels = pattern.split('/')
  if (
    levels.some(
      (level, index) => level.includes('{rest}') && (level !== '{rest}' || index < levels.length - 1),
    )
  ) {
    throw new Error('has {rest} in the middle, expected it as the last level')
  }
  if (levels.some((level) => /[{}]/.test(level.replaceAll(/\{[^{}]*\}/g, '')))) {
    throw new Error('has a brace without its other')
  }
  if (levels.some((level) => /\}\{/.test(level))) throw new Error('has two parts with nothing between them')
  const expression = new RegExp(`^${levels.map(expressionOf).join('/')}$`, 's')
  return {
    filter: levels.map((level) => (level === '{rest}' ? '#' : level.includes('{') ? '+' : level)).join('/'),
    names,
    match: (topic) => {
      const found = expression.exec(topic)
      return found ? { ...found.groups } : undefined
    },
  }
}

/** Puts parts into a template: `lorawan/{device}`. */
export function fillTemplate(template: string, parts: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{([^{}]*)\}/g, (_, name: string) => parts[name] ?? '')
}

function expressionOf(level: string): string {
  return level
    .split(/(\{[^{}]*\})/)
    .map((piece) => {
      if (piece === '{rest}') return '(?<rest>.+)'
      return piece.startsWith('{')
        ? `(?<${piece.slice(1, -1)}>[^/]+?)`
        : piece.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    })
    .join('')
}
