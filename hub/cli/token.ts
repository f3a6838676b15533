import type { Command } from 'commander'
import type { TokenView } from '../http/token-routes.ts'
import { SCOPES } from '../model/person.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage, showTime } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

/** `aal token add|list|revoke` */
export function addTokenCommands(program: Command): void {
  const token = program
    .command('token')
    .description('Tokens with which programs use the API')
    .addHelpText(
      'after',
      `\nScopes: ${SCOPES.join(', ')}.\nPrograms see pseudonyms, never names.` +
        '\n\nExamples:\n  aal token add grafana --scope read:alerts,read:history\n  aal token list\n  aal token revoke grafana',
    )

  token
    .command('add <name>')
    .description('Make a token for a program; it is shown this once')
    .requiredOption('--scope <scopes>', 'what it may do, with commas: read:alerts,read:homes', split)
    .option('--area <areas>', 'only homes and alerts of these areas, with commas', split)
    .addHelpText(
      'after',
      `\nScopes: ${SCOPES.join(', ')}.` +
        '\n\nExamples:\n  aal token add grafana --scope read:alerts,read:history\n  aal token add node-red --scope read:alerts,act:alerts,raise:alerts --area Alta\n  curl -H "Authorization: Bearer aal_…" http://127.0.0.1:8080/api/alerts',
    )
    .action(async (name: string, own: { scope: string[]; area?: string[] }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const body = { name, scopes: own.scope, ...(own.area && { areas: own.area }) }
      const made = (await withApi(options, (api) => api.call('POST', '/api/tokens', body))) as {
        name: string
        token: string
        warnings?: string[]
      }
      if (options.json) {
        printJson(made)
        return
      }
      for (const warning of made.warnings ?? []) printMessage(`Warning: ${warning}`)
      printLine(made.token)
      printMessage(`It is shown this once. Send it as "Authorization: Bearer ${made.token.slice(0, 8)}…".`)
    })

  token
    .command('list')
    .description('List the tokens, what they may do, and when they were last used')
    .option('--all', 'those that were revoked too')
    .addHelpText('after', '\nExamples:\n  aal token list\n  aal token list --all --json')
    .action(async (own: { all?: boolean }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { tokens } = (await withApi(options, (api) => api.call('GET', '/api/tokens'))) as {
        tokens: TokenView[]
      }
      const shown = tokens.filter(({ revokedAt }) => own.all || revokedAt === undefined)
      if (options.json) printJson(shown)
      else printLine(shown.length === 0 ? 'No tokens: aal token add NAME --scope read:alerts' : format(shown))
    })

  token
    .command('revoke <name>')
    .description('Revoke a token: it works no more')
    .addHelpText('after', '\nExample:\n  aal token revoke grafana')
    .action(async (name: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      await withApi(options, (api) => api.call('DELETE', `/api/tokens/${encodeURIComponent(name)}`))
      if (options.json) printJson({ revoked: name })
      else printLine(`Revoked ${name}.`)
    })
}

function split(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function format(tokens: readonly TokenView[]): string {
  return formatTable(
    ['NAME', 'SCOPES', 'AREAS', 'MADE', 'BY', 'LAST USED'],
    tokens.map(({ name, scopes, areas, createdAt, createdBy, usedAt, revokedAt }) => [
      revokedAt === undefined ? name : `${name} (revoked)`,
      scopes.join(','),
      areas === 'all' ? 'all' : areas.join(','),
      showTime(createdAt).slice(0, 10),
      createdBy,
      usedAt === undefined ? 'never' : showTime(usedAt).slice(0, 16),
    ]),
  )
}
