// Whether the hub of this container takes and commits: its health check. Over the socket of its data folder, which is
// the same whatever hub.yaml says of ports and certificates.
import { request } from 'node:http'

const socketPath = process.env.AAL_SOCKET ?? '/data/admin.sock'

const asked = request({ socketPath, path: '/readyz', timeout: 4000 }, (answer) => {
  let text = ''
  answer.setEncoding('utf8').on('data', (part) => (text += part))
  answer.on('end', () => {
    console.log(text)
    process.exitCode = answer.statusCode === 200 ? 0 : 1
  })
})
asked.on('timeout', () => asked.destroy(new Error('it has not answered for 4 s')))
asked.on('error', (error) => {
  console.log(`Cannot reach the hub at ${socketPath}: ${error.message}`)
  process.exitCode = 1
})
asked.end()
