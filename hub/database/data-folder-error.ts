/** The data folder cannot be used; the message says why and what to do. */
export class DataFolderError extends Error {
  /** Set when another process has it: commands can then go through that one. */
  readonly isLocked: boolean

  constructor(message: string, options?: ErrorOptions & { isLocked?: boolean }) {
    super(message, options)
    this.name = 'DataFolderError'
    this.isLocked = options?.isLocked ?? false
  }
}
