import { parse } from 'yaml'

export interface Mount {
  readonly type: 'bind' | 'volume'
  readonly source: string
  readonly target: string
  readonly readOnly: boolean
}

export interface Service {
  readonly image?: string
  readonly build?: unknown
  readonly user?: string
  readonly read_only?: boolean
  readonly privileged?: boolean
  readonly cap_add?: readonly string[]
  readonly cap_drop?: readonly string[]
  readonly security_opt?: readonly string[]
  readonly init?: boolean
  readonly network_mode?: string
  readonly pid?: string
  readonly mem_limit?: string
  readonly pids_limit?: number
  readonly restart?: string
  readonly logging?: { readonly options?: Readonly<Record<string, string>> }
  readonly tmpfs?: readonly string[]
  readonly ports?: readonly string[]
  readonly volumes?: readonly (
    | string
    | { type: string; source: string; target: string; read_only?: boolean }
  )[]
  readonly networks?: readonly string[] | Readonly<Record<string, unknown>>
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>
  readonly environment?: Readonly<Record<string, string>>
  readonly healthcheck?: unknown
  readonly profiles?: readonly string[]
  readonly command?: readonly string[]
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly networks?: Readonly<Record<string, { readonly internal?: boolean }>>
  readonly volumes?: Readonly<Record<string, unknown>>
}

export function parseCompose(text: string): Compose {
  return parse(text, { merge: true }) as Compose
}

/** `${NAME:-default}` without a file .env: every variable has a default. */
export function withDefaults(text: string): string {
  const inner = text.replaceAll(/\$\{\w+:-([^${}]*)\}/g, '$1')
  return inner === text ? text : withDefaults(inner)
}

export function mountsOf({ volumes = [] }: Service): readonly Mount[] {
  return volumes.map((one) => {
    if (typeof one !== 'string') {
      const { type, source, target, read_only: readOnly = false } = one
      return { type: type === 'bind' ? 'bind' : 'volume', source: withDefaults(source), target, readOnly }
    }
    const [source = '', target = '', mode] = one.split(':')
    return { type: /^[./~]/.test(source) ? 'bind' : 'volume', source, target, readOnly: mode === 'ro' }
  })
}

/** What this repository asks of its compose file beyond the specification; one line for each fault. */
export function faultsOf(compose: Compose, checkedByImage: readonly string[]): readonly string[] {
  const faults: string[] = []
  const names = new Set(Object.keys(compose.services))
  for (const [name, service] of Object.entries(compose.services)) {
    const say = (fault: string): void => void faults.push(`${name}: ${fault}`)
    const isOneShot = service.restart === 'no'
    if (!/^[\w./-]+:\d+\.\d+\.\d+[\w.-]*$/.test(service.image ?? ''))
      say(`image ${service.image} is not pinned`)
    if (service.read_only !== true) say('the root can be written')
    if (service.privileged === true || (service.cap_add ?? []).length > 0) say('has privileges')
    if (service.cap_drop?.join() !== 'ALL') say('keeps capabilities')
    if (!service.security_opt?.includes('no-new-privileges:true')) say('may gain privileges')
    if (!/^[1-9]\d*:\d+$/.test(service.user ?? '')) say(`user ${service.user} is not a number other than 0`)
    if (service.init !== true) say('has no init')
    if (service.network_mode === 'host' || service.pid !== undefined) say('shares what is the machine’s')
    if (service.mem_limit === undefined || service.pids_limit === undefined) say('has no limits')
    if (service.logging?.options?.['max-size'] === undefined) say('logs without end')
    if (!isOneShot && service.restart !== 'unless-stopped') say('does not come back')
    if (!isOneShot && service.healthcheck === undefined && !checkedByImage.includes(name))
      say('has no health check')
    if (!service.tmpfs?.some((one) => one.startsWith('/tmp:size='))) say('has no bounded /tmp')
    for (const port of service.ports ?? []) {
      const [published = '', inside = ''] = withDefaults(port).split(/:(?=\d+$)/)
      const isPublic = !published.startsWith('127.0.0.1:')
      if (isPublic && !(name === 'hub' && ['8883', '8443'].includes(inside)))
        say(`port ${port} is open to all`)
    }
    for (const key of Object.keys(service.environment ?? {})) {
      if (/PASSWORD|TOKEN|SECRET/.test(key) && !key.endsWith('_FILE'))
        say(`${key} is a secret in the environment`)
    }
    for (const { type, source, target, readOnly } of mountsOf(service)) {
      if (type === 'bind' && !readOnly) say(`${source} of the machine can be written`)
      if (type === 'volume' && !Object.hasOwn(compose.volumes ?? {}, source))
        say(`volume ${source} is not defined`)
      if (source.startsWith('secrets-') && name !== 'init') {
        if (!readOnly || target !== '/run/secrets') say(`${source} can be written or is elsewhere`)
      }
    }
    const networks = Array.isArray(service.networks) ? service.networks : Object.keys(service.networks ?? {})
    if (networks.length === 0 && service.network_mode !== 'none') say('is in the default network')
    for (const network of networks as string[]) {
      if (!Object.hasOwn(compose.networks ?? {}, network)) say(`network ${network} is not defined`)
    }
    for (const other of Object.keys(service.depends_on ?? {})) {
      if (!names.has(other)) say(`depends on ${other}, which is not there`)
      if (name === 'hub' && other !== 'init') say(`waits for ${other}`)
    }
  }
  return faults
}
