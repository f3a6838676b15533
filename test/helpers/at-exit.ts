const actions: (() => void)[] = []
process.on('exit', () => {
  for (const action of actions.toReversed()) action()
})
// Vitest ends its workers with SIGTERM, which by itself skips what is to be done at exit; it follows with
// SIGKILL half a second later.
process.once('SIGTERM', () => process.exit(143))

/** Does something when the test process ends; the last that was given comes first. It cannot wait. */
export function atExit(action: () => void): void {
  actions.push(action)
}
