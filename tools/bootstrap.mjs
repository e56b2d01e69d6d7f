/**
 * Entry of every npm script, in plain JavaScript for the Node that the machine happens to have: installs the
 * dependencies when they are missing or older than the lock file, then runs the task on the Node of this repository.
 */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bin = join(root, 'node_modules', '.bin')
const minimumNodeMajor = 24

const tasks = {
  start: ['apps/ensign/src/main.ts', 'up'],
  dev: ['--watch', 'apps/ensign/src/main.ts', 'up'],
  build: ['tools/build.ts'],
  test: ['tools/test.ts'],
  generate: ['tools/generate/main.ts'],
  check: ['tools/check/main.ts'],
  bench: ['tools/bench/main.ts'],
}

const [task, ...rest] = process.argv.slice(2)
if (!(task in tasks)) {
  console.error(`unknown task "${task}"; one of: ${Object.keys(tasks).join(', ')}`)
  process.exit(2)
}

installWhenNeeded()
const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` }
const child = spawn(node(), [...tasks[task], ...rest], { cwd: root, env, stdio: 'inherit' })
// The terminal sends Ctrl-C to the whole group; the child decides when it is done.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))

/** Installs when the lock is not the one that was installed last; the time of a file says nothing after a checkout. */
function installWhenNeeded() {
  const installed = join(root, 'node_modules', '.ensign-lock')
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex')
  if (existsSync(installed) && readFileSync(installed, 'utf8') === lock) return
  console.error('Installing dependencies (npm ci) …')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2] })
  if (status !== 0) {
    console.error('npm ci failed: see its output above, then run the command again')
    process.exit(1)
  }
  writeFileSync(installed, lock)
}

/** The Node binary that the optional dependency node-linux-* brings, or the machine's own when it is new enough. */
function node() {
  const shipped = join(bin, 'node')
  if (existsSync(shipped)) return shipped
  if (Number(process.versions.node.split('.')[0]) >= minimumNodeMajor) return process.execPath
  console.error(
    `Node ${minimumNodeMajor} or newer is needed and no binary for ${process.platform}-${process.arch} came with the dependencies; this is Node ${process.versions.node}`,
  )
  process.exit(1)
}
