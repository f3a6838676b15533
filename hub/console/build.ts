import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'

/** Builds the console into `dist/`. npm runs it after an install; it does nothing when `dist/` is newer. */

const HERE = import.meta.dirname
const OUT = join(HERE, 'dist')
const MADE = join(OUT, 'index.html')

function newestSource(): number {
  const sources = readdirSync(HERE, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && !join(entry.parentPath, entry.name).startsWith(OUT),
  )
  const lock = join(HERE, '../../package-lock.json')
  const paths = [
    ...sources.map((entry) => join(entry.parentPath, entry.name)),
    ...(existsSync(lock) ? [lock] : []),
  ]
  return Math.max(...paths.map((path) => statSync(path).mtimeMs))
}

async function loadVite() {
  try {
    const [{ build }, { default: react }] = await Promise.all([
      import('vite'),
      import('@vitejs/plugin-react'),
    ])
    return { build, react }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

async function main(): Promise<void> {
  if (existsSync(MADE) && statSync(MADE).mtimeMs > newestSource()) return
  const tools = await loadVite()
  if (!tools) {
    const state = existsSync(MADE)
      ? 'the one in hub/console/dist stays'
      : 'there is none in hub/console/dist yet'
    console.error(
      `The console is not built (${state}): vite is not installed. "npm install" with the development packages builds it.`,
    )
    return
  }
  // Vite takes this over where it is set: a test that builds would get React's development build.
  process.env['NODE_ENV'] = 'production'
  await tools.build({
    root: HERE,
    configFile: false,
    logLevel: 'warn',
    plugins: [tools.react()],
    build: {
      outDir: OUT,
      emptyOutDir: true,
      // The policy of the pages allows no inline script; a data: script would be one.
      assetsInlineLimit: (file) => (file.endsWith('.svg') ? undefined : false),
      modulePreload: { polyfill: false },
      target: 'es2023',
      reportCompressedSize: false,
    },
  })
  compressAssets()
}

/** Beside each file, so that the hub only has to send it: over HTTPS browsers take brotli, over HTTP gzip. */
function compressAssets(): void {
  const folder = join(OUT, 'assets')
  for (const name of readdirSync(folder).filter((one) => /\.(js|css|svg)$/.test(one))) {
    const content = readFileSync(join(folder, name))
    writeFileSync(join(folder, `${name}.gz`), gzipSync(content, { level: 9 }))
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(content))
  }
}

await main()
