// What the nodes use of Node-RED's API for nodes. Node-RED brings no types of its own.
import type { EventEmitter } from 'node:events'

export interface NodeApi {
  /** A text of the node's message catalogue, in the language of Node-RED's process. */
  _(key: string, values?: Readonly<Record<string, string>>): string
  readonly events: Pick<EventEmitter, 'on' | 'off'>
  readonly nodes: {
    createNode(node: RedNode, config: Readonly<Record<string, unknown>>): void
    getNode(id: unknown): RedNode | null
    registerType(
      type: string,
      constructor: (this: RedNode, config: NodeConfig) => void,
      options?: { readonly credentials?: Readonly<Record<string, { type: 'text' | 'password' }>> },
    ): void
  }
}

/** What somebody set in the editor; nothing of it is checked. */
export type NodeConfig = Readonly<Record<string, unknown>>

export interface Message {
  [key: string]: unknown
}

export interface NodeStatus {
  readonly fill?: 'red' | 'green' | 'yellow' | 'blue' | 'grey'
  readonly shape?: 'ring' | 'dot'
  readonly text?: string
}

export interface NodeContext {
  get(key: string): unknown
  set(key: string, value: unknown): void
}

export interface RedNode extends Pick<EventEmitter, 'emit'> {
  readonly id: string
  readonly type: string
  readonly name?: string
  readonly credentials?: Readonly<Record<string, unknown>>
  on(event: 'input', take: (msg: Message, send: (msg: Message) => void, done: Done) => void): void
  on(event: 'close', take: (removed: boolean, done: () => void) => void): void
  send(msg: Message): void
  status(status: NodeStatus): void
  log(text: string): void
  warn(text: string): void
  /** With a message it goes to catch nodes, too. */
  error(text: string, msg?: Message): void
  context(): NodeContext
}

/** With an error it goes to the log and to catch nodes, in these words. */
export type Done = (error?: string) => void
