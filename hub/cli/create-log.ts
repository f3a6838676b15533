import { pino, stdSerializers } from 'pino'
import type { Logger } from 'pino'
import pretty from 'pino-pretty'

/** Lines for people on a terminal, JSON for machines; on stderr. Personal data and secrets never come here. */
export function createLog(level = process.env['AAL_LOG'] ?? 'info'): Logger {
  const stream = process.stderr.isTTY
    ? pretty({ destination: 2, sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss' })
    : pino.destination({ dest: 2, sync: true })
  const isDebug = level === 'debug' || level === 'trace'
  return pino(
    {
      level,
      redact: ['password', 'token', 'phone', 'to', 'text'],
      serializers: { err: isDebug ? stdSerializers.errWithCause : showError },
    },
    stream,
  )
}

/** What went wrong and why; where in the code is for `AAL_LOG=debug`. */
function showError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined
  return {
    type: error.name,
    message: error.message,
    ...(code !== undefined && { code }),
    ...(error.cause !== undefined && { cause: showError(error.cause) }),
  }
}
