import { startInfluxd } from '../helpers/influxd.ts'
import type { Influxd } from '../helpers/influxd.ts'
import { startMosquitto } from '../helpers/mosquitto.ts'
import { startNodeRed } from '../helpers/node-red.ts'
import type { FlowNode } from '../helpers/node-red.ts'
import { tempDir } from '../helpers/temp-dir.ts'
import { waitFor } from '../helpers/wait-for.ts'

const DATABASE = 'flow'

/** What people build today: a broker, a flow in Node-RED, and InfluxDB. */
export interface FlowSide {
  /** Of its mosquitto. */
  readonly port: number
  /** Of mosquitto, Node-RED and influxd. */
  readonly pids: readonly number[]
  readonly influxd: Influxd
  readonly database: string
  stop(): Promise<void>
}

/**
 * mqtt in → json → function → http request, at its best: mosquitto may queue without an end for Node-RED (by default it
 * throws away what is more than 1,000), the editor's log is quiet, and connections to InfluxDB are kept open.
 */
export async function startFlowSide(): Promise<FlowSide> {
  const influxd = await startInfluxd()
  await influxd.query('', `CREATE DATABASE ${DATABASE}`)
  const mosquitto = await startMosquitto({
    quiet: true,
    config: 'allow_anonymous true\nset_tcp_nodelay true\nmax_queued_messages 0',
  })
  const red = await startNodeRed({ userDir: tempDir('bench-node-red') })
  await red.deploy(flow(mosquitto.port, `${influxd.url}/write?db=${DATABASE}`))
  await waitFor('Node-RED to be connected to mosquitto', () => red.log().includes('Connected to broker'))
  return {
    port: mosquitto.port,
    pids: [mosquitto.pid, red.pid, influxd.pid],
    influxd,
    database: DATABASE,
    async stop() {
      await red.stop()
      await mosquitto.stop()
      await influxd.stop()
    },
  }
}

function flow(brokerPort: number, url: string): FlowNode[] {
  const z = 'flow'
  // What stands nowhere is taken for a configuration.
  const place = (column: number) => ({ z, x: 160 * column, y: 100 })
  return [
    { id: z, type: 'tab', label: 'Readings to InfluxDB' },
    {
      id: 'broker',
      type: 'mqtt-broker',
      broker: '127.0.0.1',
      port: String(brokerPort),
      clientid: 'flow',
      autoConnect: true,
      usetls: false,
      protocolVersion: '4',
      keepalive: '60',
      cleansession: true,
    },
    {
      id: 'in',
      ...place(1),
      type: 'mqtt in',
      topic: 'homes/+/sensors/+',
      qos: '1',
      datatype: 'utf8',
      broker: 'broker',
      nl: false,
      rap: true,
      rh: 0,
      inputs: 0,
      wires: [['json']],
    },
    {
      id: 'json',
      ...place(2),
      type: 'json',
      property: 'payload',
      action: 'obj',
      pretty: false,
      wires: [['line']],
    },
    {
      id: 'line',
      ...place(3),
      type: 'function',
      func: `const [, home, , sensor] = msg.topic.split('/')
const { kind, value } = msg.payload
return { payload: kind + ',home=' + home + ',sensor=' + sensor + ' value=' + Number(value) }`,
      outputs: 1,
      timeout: 0,
      noerr: 0,
      initialize: '',
      finalize: '',
      libs: [],
      wires: [['write']],
    },
    {
      id: 'write',
      ...place(4),
      type: 'http request',
      method: 'POST',
      ret: 'txt',
      paytoqs: 'ignore',
      url,
      tls: '',
      persist: true,
      proxy: '',
      insecureHTTPParser: false,
      authType: '',
      senderr: false,
      headers: [],
      wires: [[]],
    },
  ]
}
