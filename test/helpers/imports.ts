import { parseSync } from 'vite'

/** One import, re-export, `import()` or `import('…').Type` of a TypeScript file. */
export interface Import {
  /** As written; undefined when it is computed. */
  readonly from: string | undefined
  /** Is nothing of it left when the types are stripped? */
  readonly typeOnly: boolean
  /** From 1. */
  readonly line: number
}

type Json = { readonly [key: string]: unknown }

/**
 * Finds every import of a TypeScript or TSX text.
 * @throws Error when it does not parse
 */
export function importsOf(file: string, text: string): Import[] {
  const { program, errors } = parseSync(file, text)
  const error = errors[0]
  if (error !== undefined) throw new Error(`Cannot parse ${file}: ${error.message}`)
  const imports: Import[] = []
  const add = (node: Json, source: unknown, typeOnly: boolean): void => {
    const from = isObject(source) && typeof source['value'] === 'string' ? source['value'] : undefined
    const start = typeof node['start'] === 'number' ? node['start'] : 0
    imports.push({ from, typeOnly, line: text.slice(0, start).split('\n').length })
  }
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (!isObject(node)) return
    switch (node['type']) {
      case 'ImportDeclaration':
        add(node, node['source'], node['importKind'] === 'type')
        break
      case 'ExportAllDeclaration':
      case 'ExportNamedDeclaration':
        if (isObject(node['source'])) add(node, node['source'], node['exportKind'] === 'type')
        break
      case 'ImportExpression':
        add(node, node['source'], false)
        break
      case 'TSImportType':
        add(node, node['source'], true)
        break
    }
    Object.values(node).forEach(visit)
  }
  visit(program)
  return imports
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null
}
