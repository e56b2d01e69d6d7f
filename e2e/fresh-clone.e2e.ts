/** The README's commands on a tree as `git clone` leaves it: without dependencies, keys or objects. */
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { type RunningProgram, startCommand } from '@ensign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type PlaneFolder, planeFolder, root } from './harness.ts'
import { untilReady } from './service-processes.ts'
import { leaveSomething, tellStoryOnce } from './story.ts'

/** Of what a developer's shell has, only not the Node of this tree and what the test runner has set. */
const shell = {
  ...process.env,
  PATH: process.env.PATH?.split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .join(delimiter),
  NODE_ENV: undefined,
  NODE_OPTIONS: undefined,
  // What is in npm's cache need not be asked for again.
  npm_config_prefer_offline: 'true',
  NX_DAEMON: 'false',
  NO_COLOR: '1',
}

const installMsMax = 180_000

const missing = existsSync(join(root, '.git')) ? undefined : 'this tree is no git clone'

describe.skipIf(missing)('in a fresh clone', () => {
  let folder: PlaneFolder
  let clone: string
  let running: RunningProgram | undefined
  const inTerminal = (command: string, ...args: string[]) => {
    const ports = Object.entries(folder.ports).map(([flag, port]) => [`ENSIGN_${flag.toUpperCase()}`, `${port}`])
    const env = { ...shell, ...Object.fromEntries(ports.map(([name, port]) => [name?.replace('-', '_'), port])) }
    running = startCommand(command, args, { cwd: clone, env })
    return running
  }
  beforeAll(async () => {
    folder = await planeFolder('clone/.ensign')
    clone = dirname(folder.path)
    // As it is now, committed or not.
    const list = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
    for (const file of execFileSync('git', list, { cwd: root, encoding: 'utf8' }).split('\0')) {
      if (file !== '' && existsSync(join(root, file))) cpSync(join(root, file), join(clone, file))
    }
  })
  afterAll(async () => {
    await running?.stop('SIGKILL')
    folder?.[Symbol.dispose]()
  })

  let stillThere: () => Promise<void>
  describe('npm start', () => {
    beforeAll(async () => {
      await inTerminal('npm', 'start').printed('Ctrl-C', installMsMax)
    }, installMsMax + 10_000)

    test('installs what it needs, and says where the plane is and what to try', () => {
      expect(running?.output.stdout).toContain(folder.server)
      expect(running?.output.stdout).toContain('export KUBECONFIG=.ensign/admin.kubeconfig\n')
      expect(running?.output.stdout).toContain('kubectl create namespace ')
    })

    tellStoryOnce(() => folder)

    test('ends on Ctrl-C', async () => {
      stillThere = await leaveSomething(folder)
      // npm ends with the signal; what counts is that the plane has had its say.
      expect((await running?.stop('SIGINT'))?.stdout).toMatch(/\nStopping\n$/)
    })
  })

  describe('nx serve', () => {
    afterAll(async () => {
      await running?.stop('SIGINT')
    })

    test('runs the same plane as three processes', async () => {
      inTerminal('npx', 'nx', 'run-many', '-t', 'serve', '-p', 'apiserver', 'controller-manager', 'oidc-discovery')
      await untilReady(folder)
      await stillThere()
      await eventually(
        () => folder.client('anonymous', folder.issuer).get('/readyz'),
        ({ status }) => status === 200,
      )
    })

    tellStoryOnce(() => folder)
  })
})

if (missing) test('in a fresh clone', ({ skip }) => skip(missing))
