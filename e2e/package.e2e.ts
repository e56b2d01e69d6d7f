/** The package as its user gets it: a tarball, installed where nothing of this repository is, run by npx. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { freePorts } from '@ensign/process/testing'
import { type RunningProgram, runProgram, startCommand } from '@ensign/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from './harness.ts'

/** A shell's environment, without the Node of this tree. */
const shell = {
  ...process.env,
  PATH: process.env.PATH?.split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
  NODE_ENV: undefined,
  NODE_OPTIONS: undefined,
  npm_config_prefer_offline: 'true',
  NO_COLOR: '1',
}

let folder: string
let plane: RunningProgram | undefined
const inShell = async (cwd: string, command: string, ...args: string[]) => {
  const ended = await runProgram(command, args, { cwd, env: shell, withinMs: 120_000 })
  if (ended.code !== 0) throw new Error(`${command} ${args.join(' ')}: ${ended.stdout}${ended.stderr}`)
  return ended.stdout
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ensign-package-'))
  // The bundle is built already, and other tests run it.
  const packed = await inShell(
    join(root, 'apps/ensign'),
    ...(['npm', 'pack', '--ignore-scripts', '--silent', '--pack-destination', folder] as const),
  )
  writeFileSync(join(folder, 'package.json'), '{"private":true}')
  await inShell(folder, 'npm', 'install', '--no-audit', '--no-fund', `./${packed.trim().split('\n').at(-1)}`)
}, 240_000)
afterAll(async () => {
  await plane?.stop('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

test('npx ensign runs from the installed tarball alone', async () => {
  expect(await inShell(folder, 'npx', '--no-install', 'ensign', 'version')).toMatch(/\d+\.\d+\.\d+/)
  const dependencies = JSON.parse(await inShell(folder, 'npm', 'ls', '--json', '--all')) as { problems?: unknown }
  expect(dependencies.problems).toBeUndefined()
})

test('ensign up runs a plane, which SIGUSR1 neither ends nor opens to a debugger', async () => {
  const [rest, grpc, oidc] = await freePorts(3)
  // Without npx, which a debugger may well look into.
  plane = startCommand(
    join(folder, 'node_modules/.bin/ensign'),
    ['up', `--port=${rest}`, `--grpc-port=${grpc}`, `--oidc-port=${oidc}`],
    { cwd: folder, env: shell },
  )
  await plane.printed('Ctrl-C', 60_000)
  // To the launcher and the plane: whichever of them listens says so.
  process.kill(-plane.pid, 'SIGUSR1')
  const made = await inShell(
    folder,
    ...(['npx', '--no-install', 'ensign', 'pki', 'init', '--dir', join(folder, 'apart'), '--port=0'] as const),
  )
  expect(made).toContain('ensign apiserver --config')
  expect(plane.output.stderr).not.toContain('Debugger listening on')
  const { stdout } = await plane.stop('SIGINT')
  expect(stdout).toMatch(/\nStopping\n$/)
})
