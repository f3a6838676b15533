import type { Command } from 'commander'
import type { MessageView } from '../http/message-routes.ts'
import { withApi } from './open-api.ts'
import type { DataOptions } from './open-api.ts'
import { formatTable, printJson, printLine, printMessage, showTime } from './print.ts'
import { readLimit, readPages } from './read-pages.ts'

interface Options extends DataOptions {
  readonly json?: boolean
}

interface ListOptions {
  readonly alert?: string
  readonly limit: number
}

/** `aal messages list|failed|retry` */
export function addMessagesCommands(program: Command): void {
  const messages = program
    .command('messages')
    .description('Messages to people and programs: what became of them, and what could never be delivered')
    .addHelpText(
      'after',
      '\nNumbers, addresses and texts are not shown.' +
        '\n\nExamples:\n  aal messages failed\n  aal messages list --alert 4f1c2ab09d3e\n  aal messages retry 4f1c2ab09d3e.1.daughter.sms --by siv',
    )

  list(
    messages
      .command('failed')
      .description('List the messages that could never be delivered, and which can be tried again')
      .addHelpText('after', '\nExamples:\n  aal messages failed\n  aal messages failed --json'),
    'failed',
  )
  list(
    messages
      .command('list')
      .description('List the newest messages, or those about one alert')
      .addHelpText(
        'after',
        '\nExamples:\n  aal messages list\n  aal messages list --alert 4f1c2ab09d3e --json',
      ),
  )

  messages
    .command('retry <message>')
    .description('Try a message that failed once more, while its alert is open and still calls for them')
    .option('--by <person>', 'who asks for it', 'cli')
    .addHelpText('after', '\nExample:\n  aal messages retry 4f1c2ab09d3e.1.daughter.sms --by siv')
    .action(async (id: string, own: { by: string }, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const body = { by: `operator:${own.by}`, via: 'cli' }
      const [answer, isRunning] = await withApi(options, async (api) => [
        (await api.call('POST', `/api/messages/${encodeURIComponent(id)}/retry`, body)) as {
          message: MessageView
        },
        api.isRunning,
      ])
      if (options.json) printJson(answer)
      else printLine(`Queued ${id} for ${answer.message.to} once more.`)
      if (!isRunning) printMessage('No hub is running: it goes out when the hub starts.')
    })
}

function list(command: Command, state?: 'failed'): void {
  command
    .option('--alert <alert>', 'those about one alert')
    .option('--limit <n>', 'how many', readLimit, 100)
    .action(async (own: ListOptions, _command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { limit, alert } = own
      const rows = await withApi(options, (api) =>
        readPages<MessageView>(api, '/api/messages', 'messages', { limit, alert, state }),
      )
      if (options.json) printJson(rows)
      else if (rows.length > 0) printLine(formatMessages(rows, state))
      else printLine(state === 'failed' ? 'No message has failed.' : 'No messages.')
    })
}

export function formatMessages(rows: readonly MessageView[], state?: 'failed'): string {
  return formatTable(
    [
      'WHEN',
      'STATE',
      'HOME',
      'TO',
      'BY',
      'WHAT',
      'TRIES',
      'ALERT',
      'MESSAGE',
      state ? 'RETRY, ERROR' : 'ERROR',
    ],
    rows.map((one) => [
      showTime(one.at),
      one.state,
      one.home ?? '',
      one.to,
      [one.channel, one.via && `via ${one.via}`, one.notBy && `not ${one.notBy.join(', ')}`]
        .filter(Boolean)
        .join(' '),
      one.others === undefined ? one.template : `${one.template}, in one message with ${one.others} more`,
      String(one.attempts),
      one.alert ?? '',
      one.id,
      `${state && one.noRetry === undefined ? 'can be tried again; ' : ''}${one.error ?? ''}`,
    ]),
  )
}
