#!/usr/bin/env node
/**
 * What `npx` and an installed package run, in plain JavaScript for the Node that the machine happens to have: the program
 * itself on a Node that is new enough, which may be the one that came with the package.
 */
import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const minimumNodeMajor = 24
const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))

if (Number(process.versions.node.split('.')[0]) >= minimumNodeMajor) await import('../dist/main.js')
else runOn(shippedNode())

/** The binary that the optional dependency node-linux-* brings. */
function shippedNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(`node-${process.platform}-${process.arch}/package.json`)
    return join(dirname(manifest), 'bin/node')
  } catch {
    console.error(
      `ensign needs Node ${minimumNodeMajor} or newer, and none came with the package for ${process.platform}-${process.arch}; this is Node ${process.versions.node}`,
    )
    return process.exit(1)
  }
}

function runOn(node) {
  const child = spawn(node, ['--disable-sigusr1', program, ...process.argv.slice(2)], { stdio: 'inherit' })
  // The terminal sends Ctrl-C to the whole group; the child decides when it is done.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  // Node would open its inspector.
  process.on('SIGUSR1', () => {})
  child.on('error', (error) => {
    console.error(`ensign: cannot run ${node}: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)))
}
