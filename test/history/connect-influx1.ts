import { onTestFinished } from 'vitest'
import { connectInflux1 } from '../../hub/history/influx1-client.ts'
import type { Influx1Client, Influx1Settings } from '../../hub/history/influx1-client.ts'

/** A client that is closed when the test that asks for it is over. */
export function connect(settings: Influx1Settings): Influx1Client {
  const client = connectInflux1(settings)
  onTestFinished(() => client.close())
  return client
}
