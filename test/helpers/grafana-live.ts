import { bodyOf, listen } from './listen.ts'

/** How the server answers the next requests; `late` not at all. */
export type GrafanaMood = 'up' | 'late' | number

/** One line of line protocol that was pushed, as Grafana reads it. */
export interface PushedLine {
  readonly measurement: string
  readonly fields: Readonly<Record<string, string | number>>
  /** ns */
  readonly time: string
}

export interface GrafanaLiveServer {
  readonly url: string
  readonly lines: PushedLine[]
  /** How many requests came, whatever they were answered. */
  requests(): number
  mood: GrafanaMood
  close(): Promise<void>
}

/**
 * Answers `POST /api/live/push/:streamId` as Grafana's documentation has it ("Grafana Live", "Push metrics"): line protocol
 * with times in nanoseconds, a token of a service account in `Authorization: Bearer`; 401 for another, 404 elsewhere.
 */
export async function startGrafanaLive(token: string, path = ''): Promise<GrafanaLiveServer> {
  const lines: PushedLine[] = []
  let requests = 0
  const http = await listen((request, response) => {
    void bodyOf(request).then((body) => {
      requests++
      const say = (status: number, message: string) => {
        response.writeHead(status, { 'content-type': 'application/json' })
        response.end(JSON.stringify({ message }))
      }
      if (server.mood === 'late') return
      if (request.method !== 'POST' || request.url !== `${path}/api/live/push/aal`) {
        say(404, 'Not found')
      } else if (request.headers.authorization !== `Bearer ${token}`) {
        say(401, 'Invalid API key')
      } else if (typeof server.mood === 'number') {
        say(server.mood, 'no')
      } else {
        try {
          lines.push(...body.split('\n').map(parseLine))
          say(200, 'ok')
        } catch (cause) {
          say(400, String(cause))
        }
      }
    })
  })
  const server: GrafanaLiveServer = {
    url: `${http.url}${path}`,
    lines,
    requests: () => requests,
    mood: 'up',
    close: http.stop,
  }
  return server
}

const FIELD = /([a-z_]+)=("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?)(?:,|$)/gy

function parseLine(line: string): PushedLine {
  const [, measurement = '', text = '', time = ''] = /^([a-z]+) (.+) (\d{19})$/s.exec(line) ?? []
  if (measurement === '') throw new Error(`unable to parse: ${line}`)
  const fields: Record<string, string | number> = {}
  let read = 0
  for (const [all, name = '', value = ''] of text.matchAll(FIELD)) {
    fields[name] = value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, '$1') : Number(value)
    read += all.length
  }
  if (read !== text.length) throw new Error(`unable to parse: ${line}`)
  return { measurement, fields, time }
}
