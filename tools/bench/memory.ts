import { existsSync, readFileSync } from 'node:fs'

/** Of a process, from /proc, where there is one. */
export function residentMiB(pid: number): number {
  const file = `/proc/${pid}/status`
  if (!existsSync(file)) return Number.NaN
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(file, 'utf8'))?.[1]) / 1024
}
