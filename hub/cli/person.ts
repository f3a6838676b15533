import { Option } from 'commander'
import type { Command } from 'commander'
import type { PersonView } from '../http/person-routes.ts'
import { ROLES } from '../model/person.ts'
import type { Areas } from '../model/person.ts'
import { CommandError } from './command-error.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage, showTime } from './print.ts'
import { readPassword } from './read-password.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

interface Given {
  readonly name?: string
  readonly role?: string[]
  readonly area?: string[]
  readonly subject?: string
}

/** `aal person add|list|change|remove|password` */
export function addPersonCommands(program: Command): void {
  const person = program
    .command('person')
    .description('Who may sign in to the console, and what they may do')
    .addHelpText(
      'after',
      '\nOperators answer alarms, installers look after equipment, admins look after people and the hub. Somebody may be more\nthan one. docs/people.md has the table.' +
        '\n\nExamples:\n  aal person add siv --name "Siv Olsen" --role operator\n  aal person add geir --role installer --area Alta\n  aal person password siv\n  aal person list',
    )

  what(person.command('add <id>').description('Add somebody who may sign in'))
    .addHelpText(
      'after',
      '\nThen give them a link (aal sign-in --person ID) or a password (aal person password ID).' +
        '\n\nExamples:\n  aal person add siv --name "Siv Olsen" --role operator\n  aal person add mona --role admin --role operator',
    )
    .action(async (id: string, own: Given, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const body = { id, roles: ['operator'], ...orderOf(own) }
      const { person: added, warnings = [] } = (await withApi(
        options,
        (api) => api.call('POST', '/api/people', body),
        true,
      )) as { person: PersonView; warnings?: string[] }
      warn(warnings)
      if (options.json) printJson(added)
      else printLine(`Added ${describe(added)}. They sign in with: aal sign-in --person ${id}`)
    })

  person
    .command('list')
    .description('List who may sign in; with --all those who were removed too')
    .option('--all', 'those who were removed too')
    .addHelpText('after', '\nExamples:\n  aal person list\n  aal person list --all --json')
    .action(async (own: { all?: boolean }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { people } = (await withApi(options, (api) => api.call('GET', '/api/people'))) as {
        people: PersonView[]
      }
      const shown = people.filter(({ state }) => own.all || state === 'active')
      if (options.json) printJson(shown)
      else printLine(shown.length === 0 ? 'Nobody yet: aal person add ID --role admin' : formatPeople(shown))
    })

  what(person.command('change <id>').description("Change somebody's name, roles or areas, in force at once"))
    .option('--subject <subject>', 'whom the sign-in provider says this is: "ISSUER SUB"')
    .addHelpText(
      'after',
      '\nRoles and areas that are given take the place of those they had.' +
        '\n\nExamples:\n  aal person change siv --role operator --role admin\n  aal person change geir --area Alta --area Vardø\n  aal person change geir --area all',
    )
    .action(async (id: string, own: Given, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const order = { ...orderOf(own), ...(own.subject !== undefined && { subject: own.subject }) }
      if (Object.keys(order).length === 0) {
        throw new CommandError('Nothing to change: give --name, --role or --area.', 2)
      }
      const { person: changed, warnings = [] } = (await withApi(options, (api) =>
        api.call('PATCH', `/api/people/${encodeURIComponent(id)}`, order),
      )) as { person: PersonView; warnings?: string[] }
      warn(warnings)
      if (options.json) printJson(changed)
      else printLine(`Changed: ${describe(changed)}.`)
    })

  person
    .command('remove <id>')
    .description('Remove somebody: they are signed out at once; what they did stays under their id')
    .addHelpText('after', '\nExample:\n  aal person remove geir')
    .action(async (id: string, _own: object, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      await withApi(options, (api) => api.call('DELETE', `/api/people/${encodeURIComponent(id)}`))
      if (options.json) printJson({ removed: id })
      else printLine(`Removed ${id}, who is signed out.`)
    })

  person
    .command('password <id>')
    .description("Set somebody's password: typed, or one line on stdin; never an argument")
    .option('--none', 'take it away: they sign in with links then')
    .addHelpText(
      'after',
      '\nAt least 12 characters; three or four words that do not belong together are good. They are signed out.' +
        '\n\nExamples:\n  aal person password siv\n  pass show aal/siv | aal person password siv\n  aal person password siv --none',
    )
    .action(async (id: string, own: { none?: boolean }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const password = own.none ? null : await readPassword(`New password of ${id}`)
      await withApi(options, (api) =>
        api.call('PUT', `/api/people/${encodeURIComponent(id)}/password`, { password }),
      )
      if (options.json) printJson({ person: id, hasPassword: password !== null })
      else printLine(password === null ? `${id} has no password now.` : `${id} has a new password.`)
    })
}

function warn(warnings: readonly string[]): void {
  for (const warning of warnings) printMessage(`Warning: ${warning}`)
}

function what(command: Command): Command {
  return command
    .option('--name <name>', 'what the others see')
    .addOption(
      new Option('--role <role>', `one of ${ROLES.join(', ')}; again for more (new ones: operator)`)
        .choices([...ROLES])
        .argParser(oneMoreRole),
    )
    .option('--area <area>', 'only homes and alerts of this area; again for more; "all"', oneMore)
}

function oneMore(text: string, before: string[] = []): string[] {
  return [...before, text]
}

function oneMoreRole(text: string, before: string[] = []): string[] {
  if (!(ROLES as readonly string[]).includes(text)) {
    throw new CommandError(`Cannot give the role "${text}": expected one of ${ROLES.join(', ')}.`, 2)
  }
  return [...before, text]
}

function orderOf({ name, role, area }: Given): { name?: string; roles?: string[]; areas?: Areas } {
  return {
    ...(name !== undefined && { name }),
    ...(role && { roles: role }),
    ...(area && { areas: area.includes('all') ? ('all' as const) : area }),
  }
}

function describe({ id, name, roles, areas }: PersonView): string {
  const called = name === undefined ? id : `${id} (${name})`
  return `${called}, ${roles.join(' and ')}, ${areas === 'all' ? 'all areas' : `only ${areas.join(', ')}`}`
}

function formatPeople(people: readonly PersonView[]): string {
  return formatTable(
    ['ID', 'NAME', 'ROLES', 'AREAS', 'PASSWORD', 'SINCE'],
    people.map(({ id, name = '', roles, areas, hasPassword, state, createdAt }) => [
      state === 'removed' ? `${id} (removed)` : id,
      name,
      roles.join(', '),
      areas === 'all' ? 'all' : areas.map((area) => area || '(none)').join(', '),
      hasPassword ? 'yes' : 'no',
      showTime(createdAt).slice(0, 10),
    ]),
  )
}
