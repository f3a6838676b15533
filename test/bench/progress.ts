let part = ''
let isOnLine = false

/** Says on stderr what is measured now. */
export function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${part}: ${text}`)
  else process.stderr.write(`${part}: ${text}\n`)
  isOnLine = true
}

/** From now on another part of the bench. */
export function beginPart(name: string, text: string): void {
  if (isOnLine && process.stderr.isTTY) process.stderr.write('\n')
  part = name
  isOnLine = false
  process.stderr.write(`${name}: ${text}\n`)
}
