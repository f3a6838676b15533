import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

/** OWASP Password Storage Cheat Sheet, Argon2id: 19 MiB, 2 passes, 1 lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 }
const TAG_LENGTH = 32
/** Each takes memory and one of the few threads that the disk is read on too. */
const AT_ONCE = 2

const derive = promisify(argon2)

let running = 0
const waiting: (() => void)[] = []

/** @returns a PHC string: `$argon2id$v=19$m=19456,t=2,p=1$SALT$HASH` */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  const hash = await run(password, salt, COST)
  const { memory, passes, parallelism } = COST
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`
}

/** @param stored undefined for a person who has none, or is not known: it takes as long, and is false */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const parsed = parse(stored ?? '') ?? { salt: randomBytes(16), hash: randomBytes(TAG_LENGTH), cost: COST }
  const hash = await run(password, parsed.salt, parsed.cost)
  return timingSafeEqual(hash, parsed.hash) && stored !== undefined
}

async function run(password: string, nonce: Buffer, cost: typeof COST): Promise<Buffer> {
  if (running >= AT_ONCE) await new Promise<void>((fulfil) => waiting.push(fulfil))
  running++
  try {
    // One text may be written in several ways in Unicode: phones and keyboards differ.
    return await derive('argon2id', {
      message: password.normalize('NFKC'),
      nonce,
      tagLength: TAG_LENGTH,
      ...cost,
    })
  } finally {
    running--
    waiting.shift()?.()
  }
}

function parse(stored: string): { salt: Buffer; hash: Buffer; cost: typeof COST } | undefined {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]{43})$/.exec(stored)
  if (!match) return undefined
  const [, memory, passes, parallelism, salt = '', hash = ''] = match
  return {
    salt: Buffer.from(salt, 'base64'),
    hash: Buffer.from(hash, 'base64'),
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
  }
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '')
}
