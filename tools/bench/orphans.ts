/** Nothing that a benchmark started outlives it, however the run ends. */
const running = new Set<number>()

process.on('exit', () => {
  for (const pid of running) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
})
process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))

/** Ends the process with this one. Returns how to forget it, when it has ended. */
export function endWithUs(pid: number): () => void {
  running.add(pid)
  return () => running.delete(pid)
}
