/** A command that could not do what was asked. The message is all that people see: no stack trace. */
export class CommandError extends Error {
  /** 1: the work failed or a check found something; 2: wrong usage. */
  readonly exitCode: 1 | 2

  constructor(message: string, exitCode: 1 | 2 = 1) {
    super(message)
    this.name = 'CommandError'
    this.exitCode = exitCode
  }
}
