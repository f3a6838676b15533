import { pino } from 'pino'
import type { Logger } from 'pino'
import pretty from 'pino-pretty'

/** Lines for people on a terminal, JSON for machines; on stderr. Personal data and secrets never come here. */
export function createLog(level = process.env['AAL_LOG'] ?? 'info'): Logger {
  const stream = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' })
    : pino.destination({ dest: 2, sync: true })
  return pino({ level, redact: ['password', 'token', 'phone', 'to', 'text'] }, stream)
}
