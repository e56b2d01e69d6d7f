/** The program as people start it: one process per test. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts } from '@ensign/process/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const program = fileURLToPath(new URL('./main.ts', import.meta.url))
let base: string
let children: ChildProcess[]
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'ensign-up-'))
  children = []
})
afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  rmSync(base, { recursive: true })
})

function start(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program, ...args], { cwd: base, env: { PATH: process.env.PATH, ...env } })
  children.push(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk
  })
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, ...output }))
  return {
    child,
    output,
    ended,
    /** Resolves when the plane says that it is ready; rejects with its output when it ends instead. */
    ready: async () => {
      const done = ended.then((end) => Promise.reject(new Error(`ended: ${JSON.stringify(end)}`)))
      done.catch(() => {})
      while (!output.stdout.includes('Ctrl-C')) await Promise.race([once(child.stdout, 'data'), done])
    },
  }
}
const run = (args: string[], env?: Record<string, string>) => start(args, env).ended
const up = (...args: string[]) => start(['up', '--port', '0', ...args])

describe('ensign up', () => {
  test('makes a plane, stops on Ctrl-C, and starts again on the same state', async () => {
    const first = up()
    await first.ready()
    expect(first.output.stdout).toContain('Made certificates and keys in .ensign/pki\n')
    expect(statSync(join(base, '.ensign')).mode & 0o777).toBe(0o700)
    for (const entry of readdirSync(join(base, '.ensign'), { withFileTypes: true })) {
      if (entry.isFile())
        expect([entry.name, statSync(join(base, '.ensign', entry.name)).mode & 0o777]).toEqual([entry.name, 0o600])
    }
    const key = readFileSync(join(base, '.ensign/pki/sa.key'), 'utf8')
    first.child.kill('SIGINT')
    expect(await first.ended).toMatchObject({ code: 0, stderr: '' })

    const second = up()
    await second.ready()
    expect(second.output.stdout).not.toContain('Made certificates')
    expect(readFileSync(join(base, '.ensign/pki/sa.key'), 'utf8')).toBe(key)
    second.child.kill('SIGTERM')
    expect(await second.ended).toMatchObject({ code: 0 })
  })

  test('recovers the folder of a plane that was killed', async () => {
    const first = up()
    await first.ready()
    first.child.kill('SIGKILL')
    await first.ended
    const second = up()
    await second.ready()
  })

  test('refuses a folder that another plane uses', async () => {
    const first = up()
    await first.ready()
    expect(await up().ended).toEqual({
      code: 1,
      stdout: '',
      stderr: `ensign: another ensign is running on .ensign (process ${first.child.pid}); stop it, or choose another folder with --dir\n`,
    })
  })

  test('says which port is taken, and by which flag to choose another', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = String(typeof address === 'object' && address ? address.port : 0)
    for (const flag of ['--port', '--grpc-port', '--oidc-port']) {
      const { code, stderr } = await run(['up', ...(flag === '--port' ? [] : ['--port', '0']), flag, port])
      expect([code, stderr]).toEqual([
        1,
        `ensign: port ${port} is in use; stop the program that listens there or choose another with ${flag}\n`,
      ])
    }
    taken.close()
  })

  test('says which folder or key it cannot use', async () => {
    writeFileSync(join(base, 'file'), '')
    expect(await up('--dir', 'file/x').ended).toMatchObject({
      code: 1,
      stderr: 'ensign: cannot make the folder file/x: a part of the path is a file\n',
    })
    mkdirSync(join(base, '.ensign/pki'), { recursive: true })
    writeFileSync(join(base, '.ensign/pki/sa.key'), '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n')
    const { code, stderr } = await up().ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^ensign: cannot use .ensign\/pki\/sa.key: PEM block 1 \(PRIVATE KEY\) is damaged .*\n$/)
  })

  test('says which Redis it cannot reach', async () => {
    const { code, stderr } = await up('--store-url', 'redis://:secret@127.0.0.1:1').ended
    expect(code).toBe(1)
    expect(stderr.trimEnd().split('\n')).toHaveLength(1)
    expect(stderr).toContain('127.0.0.1:1')
    expect(stderr).not.toContain('secret')
  })
})

test('ensign pki init makes the files for three processes, and keeps them', async () => {
  const first = await run(['pki', 'init', '--dir', 'plane', '--port', '7000'])
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.stdout).toContain('--config plane/apiserver.json\n')
  expect(first.stdout).toContain('  export KUBECONFIG=plane/admin.kubeconfig\n')
  const config = JSON.parse(readFileSync(join(base, 'plane/apiserver.json'), 'utf8'))
  expect(config).toMatchObject({ 'secure-port': 7000, 'service-account-issuer': ['https://localhost:7002'] })
  for (const name of ['tls-cert-file', 'client-ca-file', 'service-account-signing-key-file']) {
    expect(existsSync(config[name])).toBe(true)
  }
  const key = readFileSync(config['service-account-signing-key-file'], 'utf8')
  expect(await run(['pki', 'init', '--dir', 'plane', '--port', '7000'])).toEqual(first)
  expect(readFileSync(config['service-account-signing-key-file'], 'utf8')).toBe(key)
})

test('ensign pki init --services-dir: each service has its own keys, and none but the controllers the authority', async () => {
  const args = ['pki', 'init', '--dir', 'plane', '--services-dir', 'services']
  const first = await run([...args, '--store-url', 'redis://redis:6379'])
  expect(first).toMatchObject({ code: 0, stderr: '' })
  expect(first.stdout).toContain('--config services/oidc-discovery/oidc-discovery.json\n')
  const own = (service: string) => readdirSync(join(base, 'services', service)).sort()
  expect(readdirSync(join(base, 'services')).sort()).toEqual(['apiserver', 'controller-manager', 'oidc-discovery'])
  expect(own('apiserver')).toEqual(['apiserver.crt', 'apiserver.json', 'apiserver.key', 'ca.crt', 'sa.key', 'sa.pub'])
  expect(own('controller-manager')).toEqual([
    ...['ca.crt', 'ca.key', 'controller-manager-client.crt', 'controller-manager-client.key'],
    ...['controller-manager.json', 'sa.key'],
  ])
  expect(own('oidc-discovery')).toEqual([
    ...['ca.crt', 'oidc-discovery-client.crt', 'oidc-discovery-client.key', 'oidc-discovery.crt'],
    ...['oidc-discovery.json', 'oidc-discovery.key'],
  ])
  expect(readdirSync(join(base, 'plane')).sort()).toEqual(['admin.kubeconfig', 'pki'])
  expect(await run([...args, '--store-url', 'redis://redis:6379'])).toEqual(first)
})

describe('ensign probe', () => {
  test('asks the plane of a folder, and says why it is not ready', async () => {
    const [port = 0, grpc = 0, oidc = 0, unused = 0] = await freePorts(4)
    const ports = [`--port=${port}`, `--grpc-port=${grpc}`, `--oidc-port=${oidc}`]
    const plane = start(['up', ...ports])
    await plane.ready()
    const ready = { code: 0, stdout: '', stderr: '' }
    expect(await run(['probe', ...ports])).toEqual(ready)
    expect(await run(['probe'], { ENSIGN_PORT: String(port) })).toEqual(ready)
    expect(await run(['probe', `--url=https://127.0.0.1:${oidc}/readyz`])).toEqual(ready)
    const missing = `https://127.0.0.1:${oidc}/nothing`
    expect(await run(['probe', `--url=${missing}`])).toMatchObject({
      code: 1,
      stderr: `ensign: ${missing} answers 404\n`,
    })
    const nobody = `http://127.0.0.1:${unused}/readyz`
    expect((await run(['probe', `--url=${nobody}`])).stderr).toMatch(`ensign: ${nobody} does not answer: `)
    // Another authority: whoever has taken the port of the plane is not taken for it.
    await run(['pki', 'init', '--dir', 'other', '--port', '0'])
    expect(await run(['probe', ...ports, '--certificate-authority', 'other/pki/ca.crt'])).toMatchObject({ code: 1 })
  })

  test('a service that accepts and is silent is not ready', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    const url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/`
    const { code, stderr } = await run(['probe', '--url', url])
    silent.close()
    expect([code, stderr]).toEqual([1, `ensign: ${url} does not answer: it was silent for 5 s\n`])
  }, 20_000)
})

describe('the command line', () => {
  test('has help and version', async () => {
    const help = await run(['help'])
    expect(help).toMatchObject({ code: 0, stderr: '' })
    expect(help.stdout).toMatch(/^Usage: ensign COMMAND/)
    const version = await run(['version'])
    expect(version.stdout).toMatch(/^ensign \d+\.\d+\.\d+ \(Kubernetes 1\.36, Node \d+\.\d+\.\d+\)\n$/)
    const flags = await run(['up', '--help'])
    for (const name of ['--dir', '--store-url', '--issuer', '--port', '--service-account-max-token-expiration']) {
      expect(flags.stdout).toContain(`  ${name} `)
    }
    for (const line of (help.stdout + flags.stdout).split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  test.each([
    [['fly'], 'unknown command "fly"; "ensign help" lists what there is'],
    [['pki', 'destroy'], 'unknown job "pki destroy"; there is "ensign pki init"'],
    [['up', '--prot', '1'], 'unknown flag --prot; did you mean --port?'],
    [['up', '--issuer', 'http://x'], '--issuer "http://x": must be an absolute https URL'],
    [
      ['pki', 'init', '--services-dir', 'x'],
      '--store-url is required with --services-dir; the apiserver finds no file in a folder that it does not have',
    ],
    [['probe', '--url', 'file:///'], '--url "file:///": must be an http or https URL'],
    [['up', 'now'], 'unexpected argument "now"; --help lists what is understood'],
  ])('refuses %j', async (args, line) => {
    expect(await run(args)).toEqual({ code: 2, stdout: '', stderr: `ensign: ${line}\n` })
  })
})
