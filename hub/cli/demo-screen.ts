import { emitKeypressEvents } from 'node:readline'
import { styleText } from 'node:util'
import type { SimulatedHome } from '../../devices/simulator/home-plan.ts'
import type { RunningHub } from '../hub.ts'
import type { Past } from './demo-past.ts'
import { FIRST_AFTER } from './demo-story.ts'
import type { Story } from './demo-story.ts'
import { printLine, printMessage } from './print.ts'

const KEYS: Readonly<Record<string, (story: Story) => void>> = {
  f: (story) => story.cause('fall'),
  s: (story) => story.cause('sos'),
  o: (story) => story.cause('low-spo2'),
  g: (story) => story.toggleLink(),
  b: (story) => story.cause('battery-low'),
  u: (story) => story.cause('unreadable'),
}

/** @returns the way to stop listening */
export function listenToKeys(story: Story): () => void {
  const { stdin } = process
  emitKeypressEvents(stdin)
  stdin.setRawMode(true)
  const onKey = (_text: string | undefined, key: { name?: string; ctrl?: boolean }): void => {
    if (key.name === 'q' || (key.ctrl && key.name === 'c')) process.emit('SIGINT')
    else if (!key.ctrl) KEYS[key.name ?? '']?.(story)
  }
  stdin.on('keypress', onKey)
  stdin.resume()
  return () => {
    stdin.off('keypress', onKey)
    stdin.setRawMode(false)
    stdin.pause()
  }
}

interface Screen {
  readonly signIn: string
  readonly homes: readonly SimulatedHome[]
  /** Undefined when an earlier demo goes on. */
  readonly past: Past | undefined
  readonly folder: string
  readonly isKept: boolean
  /** Usual ports that somebody else has. */
  readonly taken: readonly number[]
}

/** What to open, what will happen, and which keys there are. */
export function printScreen(
  { url, mqttPort }: RunningHub,
  { signIn, homes, past, folder, isKept, taken }: Screen,
): void {
  const bold = (text: string): string => styleText('bold', text, { stream: process.stdout })
  const { residents, label, contacts } = homes[0]?.entry ?? { residents: [], label: '', contacts: [] }
  const [contact, other] = contacts
  const week = past
    ? `A week lies behind them: ${past.messages.toLocaleString('en')} messages and ${past.alerts} alerts, each answered by somebody.`
    : 'They go on where they were when the demo was stopped.'
  const soon = `In ${FIRST_AFTER / 1000} seconds`
  const next = past
    ? `${soon} ${residents[0]?.name} falls in the bathroom, ${label} (${homes[0]?.id}). Nobody there can press a button: see
the board, and the message that her ${contact?.id} ${contact?.name} gets. Answer it on the phone page: ${bold('1 CODE')} takes the alert,
${bold('2 CODE')} cannot come. If ${contact?.name} does not answer for 2 minutes, her ${other?.id} ${other?.name} is told, and so on until somebody does.`
    : `${soon} somebody falls.`
  printLine(
    `
${bold('AAL hub, the demo')}: ${homes.length} homes of people who do not exist. ${week}
Now they are lived in, and their sensors speak MQTT.

  1  Open the board:   ${bold(signIn)}   (the link signs you in, once)
  2  Open the phones:  ${bold(`${url}/phone`)}   (in the same browser: what families get)

${next}
More happens by itself every minute or so.
${process.stdin.isTTY ? `\n  Keys   f fall   s SOS   o low oxygen   g link breaks/mends   b weak battery   u unreadable message   q quit\n` : ''}`,
  )
  const instead = taken.map((port) => `Port ${port} is taken: a free one instead. `).join('')
  printMessage(
    `  ${instead}MQTT on port ${mqttPort}. Data in ${folder}${isKept ? '' : ', gone at the end (--data DIR keeps it)'}. Ctrl-C stops.\n`,
  )
}
