import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { startServer } from './server-process.ts'
import { tempDir } from './temp-dir.ts'

const ROOT = join(import.meta.dirname, '..', '..')
export const PACKAGE = join(ROOT, 'hub', 'node-red')
const RED = createRequire(import.meta.url).resolve('node-red/red.js')

export type FlowNode = { readonly id: string; readonly type: string; readonly [key: string]: unknown }

export interface NodeRed {
  readonly url: string
  readonly pid: number
  readonly password: string
  /** Of whoever signed in. */
  readonly token: string
  readonly userDir: string
  /** Everything in its log so far. */
  log(): string
  /** Asks its admin API, signed in. */
  admin(method: string, path: string, body?: unknown): Promise<unknown>
  /**
   * Puts these flows in the place of those that run; what has not changed goes on as it is ("Modified Nodes" in the
   * editor). Credentials stand in the nodes, as `credentials`.
   */
  deploy(flows: readonly FlowNode[]): Promise<void>
  stop(): Promise<void>
}

/** What an example of the package has in it. */
export function exampleFlow(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(PACKAGE, 'examples', `${name}.json`), 'utf8')) as FlowNode[]
}

/**
 * Flows as somebody imports them: what several have, such as the hub, is there once (the last one counts), and only hub,
 * token and broker are set.
 */
export function importFlows(
  nodes: readonly FlowNode[],
  { url, token, brokerPort }: { url: string; token: string; brokerPort: number },
): FlowNode[] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  return [...byId.values()].map((node) => {
    if (node.type === 'aal-hub') return { ...node, url, credentials: { token } }
    return node.type === 'mqtt-broker' ? { ...node, port: String(brokerPort) } : node
  })
}

/** Packs the nodes as npm publishes them, and installs that in this folder, as `npm install FILE.tgz` does there. */
export async function installNodes(userDir: string): Promise<string> {
  const run = promisify(execFile)
  // Not what an npm that runs these tests says of itself.
  const { PATH, HOME } = process.env
  const env = { PATH, HOME, npm_config_offline: 'true', npm_config_update_notifier: 'false' }
  const npm = { cwd: userDir, env }
  const { stdout } = await run('npm', ['pack', PACKAGE, '--pack-destination', userDir, '--silent'], npm)
  const file = join(userDir, stdout.trim())
  writeFileSync(join(userDir, 'package.json'), '{"name":"node-red-project","private":true}\n')
  await run('npm', ['install', file, '--no-audit', '--no-fund', '--silent'], npm)
  return file
}

/** A real Node-RED, with the settings that we ship, in a process of its own. */
export async function startNodeRed({
  userDir,
  env = {},
}: {
  userDir: string
  env?: Readonly<Record<string, string>>
}): Promise<NodeRed> {
  const port = await freePort()
  const password = 'only-for-this-test-0123456789'
  const secrets = tempDir('node-red-secrets')
  for (const name of ['password', 'credential']) writeFileSync(join(secrets, name), `${password}\n`)
  mkdirSync(userDir, { recursive: true })
  const url = `http://127.0.0.1:${port}`
  let log = ''
  let token = ''
  const { stop, pid } = await startServer({
    name: 'Node-RED',
    command: process.execPath,
    args: [
      RED,
      '--userDir',
      userDir,
      '--settings',
      join(PACKAGE, 'settings.cjs'),
      '--port',
      String(port),
      '-D',
      'uiHost=127.0.0.1',
    ],
    env: {
      PATH: process.env['PATH'],
      HOME: userDir,
      TZ: 'UTC',
      LANG: 'en_US.UTF-8',
      NODE_RED_HOME: dirname(RED),
      ...env,
      NODE_RED_PASSWORD_FILE: join(secrets, 'password'),
      NODE_RED_CREDENTIAL_SECRET_FILE: join(secrets, 'credential'),
    },
    // It may listen before its flows have started, or after.
    ready: () => log.includes('Server now running') && /Started flows|Waiting for missing types/.test(log),
    timeout: 60_000,
    onLine: (line) => (log += `${line}\n`),
  })

  async function admin(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<unknown> {
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'node-red-api-version': 'v2',
        ...headers,
        ...(token !== '' && { authorization: `Bearer ${token}` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`)
    return text === '' ? undefined : JSON.parse(text)
  }

  const signedIn = await admin('POST', '/auth/token', {
    client_id: 'node-red-admin',
    grant_type: 'password',
    scope: '*',
    username: 'admin',
    password,
  })
  token = (signedIn as { access_token: string }).access_token
  return {
    url,
    pid,
    password,
    token,
    userDir,
    log: () => log,
    admin,
    async deploy(flows) {
      await admin('POST', '/flows', { flows }, { 'node-red-deployment-type': 'nodes' })
    },
    stop,
  }
}
