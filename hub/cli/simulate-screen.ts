import { createInterface } from 'node:readline'
import { SingleBar } from 'cli-progress'
import { INCIDENTS } from '../../devices/simulator/incident.ts'
import { ORDER_HELP } from '../../devices/simulator/order.ts'
import { printJson, printMessage } from './print.ts'

/** What a simulation tells: a line for people, an object for programs. */
export type Told = { readonly what: string; readonly home?: string } & Readonly<Record<string, unknown>>

/** Where a simulation says what it does, and is told what to do. */
export interface Screen {
  tell(told: Told, text: string): void
  /** For programs alone. */
  note(told: Told): void
  /** A bar, where somebody would see it. */
  progress(what: string, total: number): { update(done: number): void; stop(): void }
  /** What stands before the line that is being typed. */
  status(text: string): void
  /** Listens until it is closed. */
  listen(onLine: (line: string) => void, homes: readonly string[]): void
  close(): void
}

const CLEAR_LINE = '\r\u001B[K'
/** A bar of fewer homes is over before it is read. */
const WORTH_A_BAR = 50

export function openScreen({ json = false }: { readonly json?: boolean }): Screen {
  const isTerminal = process.stdin.isTTY && process.stderr.isTTY && !json
  let lines: ReturnType<typeof createInterface> | undefined
  let hasBar = false

  /** Above the bar, or the line that is being typed. */
  function say(text: string): void {
    if (hasBar || (isTerminal && lines)) process.stderr.write(CLEAR_LINE)
    printMessage(text)
    if (isTerminal) lines?.prompt(true)
  }

  return {
    tell(told, text) {
      if (json) printJson({ at: Date.now(), ...told })
      else say(text)
    },
    note(told) {
      if (json) printJson({ at: Date.now(), ...told })
    },
    progress(what, total) {
      if (!process.stderr.isTTY || json || total < WORTH_A_BAR) return { update: () => {}, stop: () => {} }
      const bar = new SingleBar({
        format: `${what}  {bar}  {value} of {total} homes`,
        stream: process.stderr,
        hideCursor: true,
        clearOnComplete: true,
      })
      bar.start(total, 0)
      hasBar = true
      return {
        update: (done) => bar.update(done),
        stop() {
          bar.stop()
          hasBar = false
        },
      }
    },
    status(text) {
      if (!isTerminal || !lines) return
      lines.setPrompt(`${text} > `)
      lines.prompt(true)
    },
    listen(onLine, homes) {
      lines = createInterface({
        input: process.stdin,
        ...(isTerminal && {
          output: process.stderr,
          completer: (line: string) => complete(line, homes),
          prompt: '> ',
        }),
      })
      lines.on('line', (line) => {
        if (line.trim() !== '') onLine(line.trim())
        else if (isTerminal) lines?.prompt()
      })
      // In a terminal that reads lines, Ctrl-C is a key.
      lines.on('SIGINT', () => process.emit('SIGINT'))
    },
    close() {
      if (!lines) return
      lines.close()
      lines = undefined
      if (isTerminal) process.stderr.write(CLEAR_LINE)
    },
  }
}

function complete(line: string, homes: readonly string[]): [string[], string] {
  const words = line.split(/\s+/)
  const last = words.at(-1) ?? ''
  const all = words.length <= 1 ? [...INCIDENTS, 'battery', 'clock', 'end', 'help', 'quit'] : homes
  const fitting = all.filter((word) => word.startsWith(last))
  return [fitting.slice(0, 20), last]
}

/** What can be typed. */
export function orderHelp(): string {
  const width = Math.max(...ORDER_HELP.map(([order]) => order.length))
  return [
    ...ORDER_HELP.map(([order, says]) => `  ${order.padEnd(width)}  ${says}`),
    `  ${KEYS.map(({ key, name }) => `${key} ${name}`).join(', ')}: in the next home that can show it`,
    '  quit, or Ctrl-C',
  ].join('\n')
}

/** One letter for what happens most; as in the demo. */
export const KEYS = [
  { key: 'f', name: 'fall' },
  { key: 's', name: 'sos' },
  { key: 'o', name: 'low-spo2' },
  { key: 'g', name: 'dropout' },
  { key: 'b', name: 'battery-low' },
  { key: 'u', name: 'unreadable' },
] as const
