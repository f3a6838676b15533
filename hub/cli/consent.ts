import type { Command } from 'commander'
import type { ConsentsView } from '../http/consent-routes.ts'
import { CONSENT_KINDS } from '../model/consent.ts'
import { localMinute } from '../time/local-time.ts'
import { CommandError } from './command-error.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage } from './print.ts'

interface Options extends DataOptions {
  readonly json?: boolean
  readonly give?: string
  readonly withdraw?: string
  readonly source?: string
  readonly by: string
}

const KINDS = CONSENT_KINDS.join(', ')

/** `aal consent HOME [CONTACT]` */
export function addConsentCommand(program: Command): void {
  program
    .command('consent')
    .description('What the contacts of a home have consented to, and where that is written')
    .argument('<home>')
    .argument('[contact]', 'not given: shows all')
    .option('--give <kinds>', `they consent to ${KINDS}; several with commas`)
    .option('--withdraw <kinds>', 'they do not, or no more')
    .option('--source <text>', "where it is written; asked for, and kept with the home's personal data")
    .option('--by <person>', 'who records it', 'cli')
    .addHelpText(
      'after',
      '\nalerts asks them to come, receipts tells who has an alert and that it is over, all-well is the daily message,\nstatus the page. What is not recorded: alerts and receipts are still sent, nothing else is.' +
        '\nSTOP by SMS goes before all of it, START takes that back. What is given here after a STOP is sent again.' +
        '\n\nExamples:' +
        '\n  aal consent h-0001' +
        '\n  aal consent h-0001 daughter --give alerts,receipts --source "Form of 1 November" --by siv' +
        '\n  aal consent h-0001 son --withdraw alerts --source "Called us" --by siv',
    )
    .action(async (home: string, contact: string | undefined, _own: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const give = kindsOf(options.give)
      const withdraw = kindsOf(options.withdraw)
      checkUsage(home, contact, give.length + withdraw.length, options)
      const path = `/api/homes/${encodeURIComponent(home)}/consents`
      const view = (await withApi(options, (api) => {
        if (give.length + withdraw.length === 0) return api.call('GET', path)
        const { source, by } = options
        const body = { give, withdraw, source, by: `operator:${by}`, via: 'cli' }
        return api.call('POST', `${path}/${encodeURIComponent(contact ?? '')}`, body)
      })) as ConsentsView
      const shown = view.contacts.filter((one) => contact === undefined || one.contact === contact)
      if (contact !== undefined && shown.length === 0) {
        throw new CommandError(`Cannot find the contact "${contact}" in home "${home}"`, 1)
      }
      if (options.json) printJson({ ...view, contacts: shown })
      else printLine(formatConsents({ ...view, contacts: shown }))
      for (const { contact: id, stoppedAt } of shown) {
        if (stoppedAt === undefined) continue
        printMessage(
          `${id} wrote STOP ${localMinute(view.timezone, stoppedAt)}: START from the same phone takes it back.`,
        )
      }
    })
}

function checkUsage(home: string, contact: string | undefined, changes: number, options: Options): void {
  const example = `Such as: aal consent ${home} ${contact ?? 'daughter'} --give alerts,receipts --source "Signed form"`
  if (changes === 0) {
    if (options.source === undefined) return
    throw new CommandError(`Cannot record consent: add --give or --withdraw. ${example}`, 2)
  }
  if (contact === undefined) throw new CommandError(`Cannot record consent: whose? ${example}`, 2)
  if (options.source === undefined || options.source.trim() === '') {
    throw new CommandError(
      `Cannot record consent without its source: add --source, so that others can look it up. ${example}`,
      2,
    )
  }
}

function kindsOf(text = ''): readonly string[] {
  const kinds = text
    .split(',')
    .map((kind) => kind.trim())
    .filter((kind) => kind !== '')
  const wrong = kinds.find((kind) => !CONSENT_KINDS.some((known) => known === kind))
  if (wrong === undefined) return kinds
  throw new CommandError(`Cannot record consent to "${wrong}": expected ${KINDS}`, 2)
}

export function formatConsents({ home, timezone, contacts }: ConsentsView): string {
  if (contacts.length === 0) return `${home} has no contacts.`
  return formatTable(
    ['CONTACT', 'KIND', 'SENT', 'CONSENT', 'SINCE', 'BY', 'SOURCE'],
    contacts.flatMap(({ contact, kinds }) =>
      kinds.map(({ kind, is, since, may, note }) => [
        contact,
        kind,
        may ? 'yes' : 'NO',
        is === 'unrecorded' ? 'no consent recorded' : is,
        since === undefined ? '' : localMinute(timezone, since),
        note ? (note.via === 'import' ? 'import' : note.by.replace(/^operator:/, '')) : '',
        note?.source ?? '',
      ]),
    ),
  )
}
