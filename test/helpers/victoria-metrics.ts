import { z } from 'zod'
import { freePort } from './free-port.ts'
import { startServer } from './server-process.ts'
import { requireServer } from './servers.ts'
import { tempDir } from './temp-dir.ts'

export interface VictoriaMetrics {
  /** `http://127.0.0.1:PORT` */
  readonly url: string
  /**
   * The samples of a series selector such as `heart_rate_value{home="h1"}`, oldest first; times are ms. Text is not
   * kept by it, and times below the millisecond are not either.
   */
  samples(selector: string): Promise<{ readonly at: number; readonly value: number }[]>
  /** `SIGKILL` is a crash. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

const line = z.object({ values: z.array(z.number()), timestamps: z.array(z.number()) })

/** A real VictoriaMetrics, which answers InfluxDB 2's write API, on loopback. */
export async function startVictoriaMetrics(): Promise<VictoriaMetrics> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const server = await startServer({
    name: 'victoria-metrics',
    command: requireServer('victoria-metrics'),
    args: [
      `-httpListenAddr=127.0.0.1:${port}`,
      `-storageDataPath=${tempDir('victoria-metrics')}`,
      '-retentionPeriod=100y',
      // Sized by the machine's memory otherwise; others have it.
      '-memory.allowedBytes=64MB',
    ],
    ready: async () => (await fetch(`${url}/health`)).ok,
  })
  return {
    url,
    async samples(selector) {
      // What was taken a moment ago is not yet searched.
      await fetch(`${url}/internal/force_flush`)
      const response = await fetch(`${url}/api/v1/export?${new URLSearchParams({ 'match[]': selector })}`)
      const text = await response.text()
      if (!response.ok) throw new Error(`Cannot query VictoriaMetrics: ${text}`)
      return text
        .split('\n')
        .filter((one) => one !== '')
        .map((one) => line.parse(JSON.parse(one)))
        .flatMap(({ values, timestamps }) =>
          timestamps.map((at, index) => ({ at, value: values[index] ?? Number.NaN })),
        )
        .toSorted((a, b) => a.at - b.at)
    },
    stop: server.stop,
  }
}
