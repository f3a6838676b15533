// Settings with which we run Node-RED beside the hub: `node-red --settings settings.cjs`. Secrets are files with one
// line, as `aal init` makes them; without them Node-RED does not start, since an open editor runs anybody's code.
const { createHash, timingSafeEqual } = require('node:crypto')
const { readFileSync } = require('node:fs')

const USER = 'admin'

const password = readSecret('NODE_RED_PASSWORD_FILE', '/run/secrets/node-red-password')
const credentialSecret = readSecret(
  'NODE_RED_CREDENTIAL_SECRET_FILE',
  '/run/secrets/node-red-credential-secret',
)
const nodesDir = process.env.AAL_NODES_DIR

module.exports = {
  uiPort: Number(process.env.PORT || 1880),
  flowFile: 'flows.json',
  // Tokens of hubs, as other credentials, are encrypted with it; never change it.
  credentialSecret,
  ...(nodesDir && { nodesDir }),

  adminAuth: {
    type: 'credentials',
    users: async (/** @type {string} */ user) =>
      user === USER ? { username: USER, permissions: '*' } : null,
    authenticate: async (/** @type {string} */ user, /** @type {string} */ given) =>
      user === USER && isPassword(given) ? { username: USER, permissions: '*' } : null,
  },
  // `adminAuth` is for the editor only: without this, pages of flows (HTTP in) answered anybody.
  httpNodeRoot: '/pages',
  httpNodeAuth: askForPassword,

  // Nothing is fetched from the internet, and nothing told there. New versions come with the image.
  telemetry: { enabled: false, updateNotification: false },
  externalModules: {
    autoInstall: false,
    palette: { allowInstall: false, allowUpdate: false, allowUpload: false },
    modules: { allowInstall: false },
  },
  functionExternalModules: false,
  editorTheme: { tours: false, palette: { catalogues: [] } },

  // In files: after a restart, streams of hubs go on where they were.
  contextStorage: { default: { module: 'localfilesystem' } },
  logging: { console: { level: 'info', metrics: false, audit: false } },
}

/** @throws Error that names the file, when there is none or nothing in it */
function readSecret(/** @type {string} */ name, /** @type {string} */ usual) {
  const file = process.env[name] || usual
  let text
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (cause) {
    throw new Error(`Cannot read the secret ${file}: "aal init" makes it, and ${name} says where it is.`, {
      cause,
    })
  }
  if (text.length < 20) throw new Error(`Cannot use the secret ${file}: expected 20 characters or more.`)
  return text
}

function isPassword(/** @type {unknown} */ given) {
  return typeof given === 'string' && timingSafeEqual(hash(given), hash(password))
}

function hash(/** @type {string} */ text) {
  return createHash('sha256').update(text).digest()
}

/**
 * Basic authentication (RFC 7617), by the same name and password as the editor.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {() => void} next
 */
function askForPassword(request, response, next) {
  const [, given = ''] = /^basic (\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  const [, user, word] = /^([^:]*):(.*)$/s.exec(Buffer.from(given, 'base64').toString()) ?? []
  if (user === USER && isPassword(word)) return next()
  response.writeHead(401, { 'www-authenticate': 'Basic realm="Node-RED flows", charset="UTF-8"' })
  response.end('Sign in as for the editor.\n')
}
