import { readFileSync } from 'node:fs'

/** Ticks a second in /proc: 100 on every Linux that Node runs on (USER_HZ). */
const TICKS = 100

/** Processor time that a process has used so far with all its threads, s. Linux only; elsewhere NaN. */
export function cpuOf(pid: number): number {
  let text
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return Number.NaN
  }
  // The name in brackets may have spaces; utime and stime are fields 14 and 15 (proc_pid_stat(5)).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS
}
