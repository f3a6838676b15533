import { CommandError } from './command-error.ts'

/**
 * Reads a password: on a terminal without showing it, twice where a new one is set; else one line of stdin. An argument would stand in the list of
 * processes and in the shell's history.
 * @throws CommandError
 */
export async function readPassword(prompt: string, times: 'once' | 'twice' = 'twice'): Promise<string> {
  const { stdin } = process
  if (!stdin.isTTY) {
    let text = ''
    for await (const chunk of stdin) text += String(chunk)
    const [line = ''] = text.split(/\r?\n/, 1)
    if (line === '') throw new CommandError('Cannot read a password: stdin has none.')
    return line
  }
  const first = await typed(`${prompt}: `)
  if (times === 'once') return first
  const second = await typed('Once more: ')
  if (first !== second) throw new CommandError('Cannot set the password: the two are not the same.')
  return first
}

const ENTER = new Set(['\r', '\n', '\u0004'])
const DELETE = new Set(['\u007f', '\b'])
const INTERRUPT = '\u0003'

function typed(prompt: string): Promise<string> {
  const { stdin, stderr } = process
  stderr.write(prompt)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  stdin.resume()
  return new Promise((fulfil, reject) => {
    let text: string[] = []
    const stop = (): void => {
      stdin.off('data', take)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
    }
    const take = (data: string): void => {
      for (const sign of data) {
        if (ENTER.has(sign)) {
          stop()
          fulfil(text.join(''))
          return
        }
        if (sign === INTERRUPT) {
          stop()
          reject(new CommandError('Nothing was changed.'))
          return
        }
        text = DELETE.has(sign) ? text.slice(0, -1) : [...text, sign]
      }
    }
    stdin.on('data', take)
  })
}
