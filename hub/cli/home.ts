import type { Command } from 'commander'
import type { HomeRow } from '../http/home-list.ts'
import type { HomeDetail } from '../http/home-view.ts'
import { addHomeSeenCommand } from './home-seen.ts'
import { addHomeStatusCommand } from './home-status.ts'
import { addHomeVisitCommands } from './home-visit.ts'
import { formatDuration } from '../source/duration.ts'
import { localMinute } from '../time/local-time.ts'
import { addHomeChanges } from './change-home.ts'
import { CommandError } from './command-error.ts'
import { openApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage, showSeverity } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

/** `aal home list|show|status|seen|prove|certificate|link` */
export function addHomeCommands(program: Command): void {
  const home = program
    .command('home')
    .description('See the registered homes, and whether their equipment speaks')
    .addHelpText(
      'after',
      '\nExamples:\n  aal home list\n  aal home show h-0001\n  aal home status --not-protected\n  aal home seen h-0001\n  aal home link h-0001 daughter',
    )

  addHomeChanges(home)

  home
    .command('list')
    .description('List the homes, with how many gateways, sensors and contacts they have')
    .option('--area <area>', 'only those of this area')
    .addHelpText('after', '\nExamples:\n  aal home list\n  aal home list --area Alta --json')
    .action(async (own: { area?: string }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const homes = await ask(options, async (call) => {
        const answer = (await call('/api/homes')) as { homes: HomeRow[] }
        // What a home is called is an address or a name.
        return answer.homes
          .filter(({ area }) => own.area === undefined || area === own.area)
          .map((home) => {
            const { label: _, ...rest } = home
            return rest
          })
      })
      if (options.json) printJson(homes)
      else printLine(formatHomes(homes, own.area))
    })

  home
    .command('show <home>')
    .description(
      'Show one home: gateways, sensors and their last values, modes, holds, limits, contacts, alerts',
    )
    .option('--personal', 'names, numbers and reasons too; the audit log says who looked, and why')
    .option('--why <text>', 'with --personal: why they are needed, without names')
    .option('--by <person>', 'who looks', 'cli')
    .addHelpText(
      'after',
      '\nTimes are by the clock of the home. A sensor is alive when it spoke within the interval of its profile and the\nhome has a link.' +
        '\n\nExamples:\n  aal home show h-0001\n  aal home show h-0001 --personal --by siv --why "alert 4821"\n  aal home show h-0001 --json',
    )
    .action(async (id: string, own: { personal?: boolean; by: string; why?: string }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { personal, by, why } = own
      if (personal && why === undefined) {
        throw new CommandError('Say why names and numbers are needed: --personal --why "alert 4821".', 2)
      }
      const path = `/api/homes/${encodeURIComponent(id)}`
      const detail = (await ask(options, (call) =>
        personal ? call(`${path}/reveal`, { reason: why, by: `operator:${by}` }) : call(path),
      )) as HomeDetail
      if (options.json) printJson(detail)
      else printLine(formatHome(detail))
    })

  addHomeStatusCommand(home)
  addHomeSeenCommand(home)
  addHomeVisitCommands(home)

  home
    .command('link <home> <contact>')
    .description('Make the link to the page that shows a contact how the home is')
    .option('--by <person>', 'who makes it', 'cli')
    .addHelpText(
      'after',
      '\nOnly with the consent "status", and an http.url of https in hub.yaml. Give it to nobody else: whoever has it sees the\npage until it expires (messages.status.valid, 7 days). STOP or a withdrawn consent takes it back. By SMS, the contact\ngets one for the word STATUS.' +
        '\n\nExample:\n  aal home link h-0001 daughter --by siv',
    )
    .action(async (id: string, contact: string, own: { by: string }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const api = await openApi(options)
      try {
        const path = `/api/homes/${encodeURIComponent(id)}/contacts/${encodeURIComponent(contact)}/status-link`
        const made = (await api.call('POST', path, { by: `operator:${own.by}`, via: 'cli' })) as {
          url: string
          until: number
        }
        if (options.json) printJson(made)
        else {
          printLine(made.url)
          printMessage(
            `It is for ${contact} alone: it shows how ${id} is to whoever has it. It works until ${new Date(made.until).toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
          )
        }
      } finally {
        await api.close()
      }
    })
}

async function ask<T>(
  options: Options,
  run: (call: (path: string, body?: object) => Promise<unknown>) => Promise<T>,
): Promise<T> {
  const api = await openApi(options)
  try {
    const answer = await run((path, body) => api.call(body ? 'POST' : 'GET', path, body))
    if (!api.isRunning) printMessage('The hub does not run: links and values are as it last knew them.')
    return answer
  } finally {
    await api.close()
  }
}

function formatHomes(homes: readonly HomeRow[], area: string | undefined): string {
  if (homes.length === 0) {
    return area === undefined
      ? 'No homes are registered. Import some: aal import homes.yaml'
      : `No home is registered in the area "${area}".`
  }
  return formatTable(
    ['HOME', 'AREA', 'LINK', 'GATEWAYS', 'SENSORS', 'RESIDENTS', 'CONTACTS', 'HOLDS'],
    homes.map((home) => [
      home.id,
      home.area ?? '',
      home.reachable ? 'up' : 'DOWN',
      String(home.gateways),
      String(home.sensors),
      String(home.residents),
      String(home.contacts),
      home.holds === 0 ? '' : String(home.holds),
    ]),
  )
}

function formatHome(detail: HomeDetail): string {
  const { timezone, gateways, residents, contacts, modes, holds, limits, alerts, nobodyLeft } = detail
  const at = (ms: number): string => localMinute(timezone, ms)
  const facts = [
    ['Home', [detail.home, detail.label].filter(Boolean).join('  ')],
    ['Area', detail.area],
    ['Risk', detail.risk],
    ['Time zone', timezone],
    ['Link', detail.reachable ? 'up' : 'DOWN: the hub cannot know how things are there'],
  ] as const
  const parts = [
    facts
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name.padEnd(10)} ${value}`)
      .join('\n'),
    section(
      'Gateways',
      ['GATEWAY', 'LINK', 'CREDENTIALS'],
      gateways.map(({ id, online, credentials }) => [
        id,
        online ? 'connected' : 'NOT CONNECTED',
        credentials ? 'made' : `NONE: aal gateway add ${detail.home} --id ${id}`,
      ]),
      `None. Make one: aal gateway add ${detail.home}`,
    ),
    section(
      'Sensors',
      ['SENSOR', 'ROOM', 'PROFILE', 'ALIVE', 'LAST HEARD', 'LAST VALUES'],
      detail.sensors.map((sensor) => [
        sensor.id,
        sensor.room ?? '',
        sensor.profile,
        aliveOf(sensor),
        sensor.heardAt === undefined ? 'never' : at(sensor.heardAt),
        sensor.last
          .map(({ kind, value, unit }) => `${kind} ${value}${unit === undefined ? '' : ` ${unit}`}`)
          .join(', '),
      ]),
      'None.',
    ),
    section(
      'Residents',
      ['RESIDENT', 'LANGUAGE', 'NAME'],
      residents.map(({ id, language, name }) => [id, language ?? '', name ?? '']),
    ),
    section(
      'Contacts, in the order in which they are told',
      ['ORDER', 'CONTACT', 'ROLE', 'LANGUAGE', 'GETS', 'QUIET', 'NAME', 'PHONE'],
      contacts.map(({ order, id, role, language, name, phone, quiet, consents, stoppedAt }) => [
        String(order),
        id,
        role,
        language,
        getsOf(consents, stoppedAt === undefined ? undefined : at(stoppedAt)),
        quiet ? `${quiet.from} to ${quiet.to}` : '',
        name ?? '',
        phone ?? '',
      ]),
      'None: nobody but the board learns of alerts here.',
    ),
    nobodyLeft === undefined ? '' : `NOBODY IS TOLD OF ALERTS HERE: ${nobodyLeft}`,
    section(
      'Modes',
      ['MODE', 'SINCE', 'UNTIL', 'BY', 'WHY'],
      modes.map(({ mode, since, until, by, why }) => [
        mode,
        at(since),
        until === undefined ? 'ended by hand' : at(until),
        person(by),
        why ?? '',
      ]),
    ),
    section(
      'Held rules, which call nobody',
      ['RULE', 'UNTIL', 'OPEN', 'BY', 'WHY'],
      holds.map(({ rule, until, unanswered, by, why }) => [
        rule,
        at(until),
        String(unanswered),
        person(by),
        why ?? '',
      ]),
    ),
    section(
      'Limits of its own',
      ['FOR', 'LIMIT', 'VALUE'],
      limits.map(({ resident, rule, param, value, unused }) => [
        resident ?? 'home',
        `${rule}.${param}`,
        `${value}${unused === undefined ? '' : ` NOT USED: ${unused}`}`,
      ]),
    ),
    section(
      'Open alerts',
      ['SINCE', 'SEVERITY', 'HANDLING', 'CONDITION', 'ABOUT', 'ALERT', 'WHAT'],
      alerts.map((alert) => [
        at(alert.raisedAt),
        showSeverity(alert.severity),
        alert.handling,
        alert.condition,
        alert.scope,
        alert.id,
        `${alert.held ? 'HELD: ' : ''}${alert.test ? 'TEST: ' : ''}${alert.title.en}`,
      ]),
      'None.',
    ),
  ]
  return parts.filter((part) => part !== '').join('\n\n')
}

/** `alerts, receipts (no consent recorded)`: the kinds of messages that go to a contact, and why others do not. */
function getsOf(consents: HomeDetail['contacts'][number]['consents'], stoppedAt: string | undefined): string {
  const sent = consents
    .filter(({ may }) => may)
    .map(({ kind, is }) => (is === 'unrecorded' ? `${kind} (no consent recorded)` : kind))
  const withdrawn = consents.filter(({ is }) => is === 'withdrawn').map(({ kind }) => kind)
  return [
    sent.length > 0
      ? sent.join(', ').replaceAll(' (no consent recorded), receipts (', ', receipts (')
      : 'NOTHING',
    ...(stoppedAt === undefined ? [] : [`STOP since ${stoppedAt}`]),
    ...(withdrawn.length > 0 ? [`withdrawn: ${withdrawn.join(', ')}`] : []),
  ].join('; ')
}

/** @param none what to say where there is nothing; without it the section is left out */
function section(
  title: string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
  none?: string,
): string {
  if (rows.length === 0) return none === undefined ? '' : `${title}\n${none}`
  // A column with nothing in it (names that were not asked for) only takes room.
  const used = header.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''))
  const pick = (cells: readonly string[]): string[] => cells.filter((_, column) => used[column])
  return `${title}\n${formatTable(pick(header), rows.map(pick))}`
}

function aliveOf({ alive, heardAt, heardEvery }: HomeDetail['sensors'][number]): string {
  if (alive) return 'yes'
  return heardAt === undefined ? 'NEVER HEARD' : `NO (every ${formatDuration(heardEvery)})`
}

function person(by: string | undefined): string {
  return by?.replace(/^operator:/, '') ?? ''
}
