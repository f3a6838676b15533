import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'
import { requireServer } from './servers.ts'
import { tempDir } from './temp-dir.ts'

const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/**
 * The machine's own Chromium, without a window and with a new profile. Close it at the end.
 */
export async function startChromium(): Promise<Browser> {
  const home = tempDir('chromium')
  return await chromium.launch({
    executablePath: requireServer('chromium'),
    args: ARGS,
    env: { PATH: process.env['PATH'], HOME: home, XDG_CONFIG_HOME: home, XDG_CACHE_HOME: home },
  })
}
