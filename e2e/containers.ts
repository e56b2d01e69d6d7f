/** The image and the compose file of the repository, in whatever Docker engine answers. */
import { randomBytes } from 'node:crypto'
import { runProgram } from '@ensign/testing'
import { root } from './harness.ts'

/** The images that Dockerfile and compose file name, or what stands for them where there is no registry. */
const nodeImage = process.env.ENSIGN_TEST_NODE_IMAGE ?? 'node:24-slim'
const redisImage = process.env.ENSIGN_TEST_REDIS_IMAGE ?? 'redis:8-alpine'

/** An image has the dependencies installed by npm, and everything bundled. */
export const buildMsMax = 240_000

/** Why containers cannot be tried here; undefined when they can. */
export async function containersMissing(): Promise<string | undefined> {
  if ((await run(['docker', 'version'])).code !== 0) return 'no Docker engine answers'
  for (const image of [nodeImage, redisImage]) {
    if ((await run(['docker', 'image', 'inspect', image])).code === 0) continue
    const pulled = await run(['docker', 'pull', '--quiet', image], { withinMs: 120_000 })
    if (pulled.code !== 0) return `the image ${image} cannot be had: ${pulled.stderr.trim()}`
  }
  return undefined
}

/** The command line of Docker Compose, of either age; undefined when there is none. */
export async function composeCommand(): Promise<readonly string[] | undefined> {
  for (const command of [['docker', 'compose'], ['docker-compose']]) {
    if ((await run([...command, 'version'])).code === 0) return command
  }
  return undefined
}

function run(
  [program = '', ...args]: readonly string[],
  options: { env?: Readonly<Record<string, string>>; withinMs?: number } = {},
) {
  const { DOCKER_HOST, HOME } = process.env
  const env = { DOCKER_HOST, HOME, ...options.env }
  return runProgram(program, args, { env, cwd: root, withinMs: options.withinMs ?? 60_000 })
}

/** Runs a command that must work; what it printed. */
export async function sure(command: readonly string[], options?: Parameters<typeof run>[1]): Promise<string> {
  const { code, stdout, stderr } = await run(command, options)
  if (code !== 0) throw new Error(`${command.join(' ')}: ${stdout}${stderr}`)
  return stdout.trim()
}

export const docker = (...args: string[]): Promise<string> => sure(['docker', ...args])

export interface Image extends AsyncDisposable {
  readonly name: string
}

/** Builds the image as a user does, under a name of its own. */
export async function buildImage(): Promise<Image> {
  const name = `ensign-test-${randomBytes(4).toString('hex')}`
  const build = ['docker', 'build', '--quiet', '--build-arg', `NODE_IMAGE=${nodeImage}`]
  // The stage has a name too, so that nothing without one is left behind.
  const stage = `${name}-build`
  await sure([...build, '--target', 'build', '--tag', stage, '.'], { withinMs: buildMsMax })
  await sure([...build, '--tag', name, '.'], { withinMs: buildMsMax })
  return {
    name,
    [Symbol.asyncDispose]: async () => void (await run(['docker', 'rmi', '--force', name, stage])),
  }
}

/** A project of the compose file that is reached on this machine only. */
export interface Project extends AsyncDisposable {
  readonly compose: (...args: string[]) => Promise<string>
  /** The id of a service's container, running or not. */
  container(service: string): Promise<string>
}

export function composeProject(
  command: readonly string[],
  image: Image,
  ports: { readonly rest: number; readonly oidc: number },
): Project {
  const name = image.name
  const env = {
    ENSIGN_IMAGE: image.name,
    REDIS_IMAGE: redisImage,
    ENSIGN_PORT: `127.0.0.1:${ports.rest}`,
    ENSIGN_OIDC_PORT: `127.0.0.1:${ports.oidc}`,
    ENSIGN_ISSUER: `https://localhost:${ports.oidc}`,
  }
  const compose = (...args: string[]) => sure([...command, '--project-name', name, ...args], { env, withinMs: 120_000 })
  return {
    compose,
    async container(service) {
      const label = (key: string, value: string) => ['--filter', `label=com.docker.compose.${key}=${value}`]
      const id = await docker('ps', '--all', '--quiet', ...label('project', name), ...label('service', service))
      if (!/^[0-9a-f]+$/.test(id)) throw new Error(`not one container of ${service}: ${id}`)
      return id
    },
    [Symbol.asyncDispose]: async () => void (await compose('down', '--volumes', '--timeout', '2')),
  }
}

/** Runs JavaScript in a container, with the rights of whoever has broken into it; what it printed, as JSON. */
export async function inside<T>(container: string, script: string): Promise<T> {
  return JSON.parse(await docker('exec', container, 'node', '-e', script)) as T
}

/** What the process of a container may do. */
export interface Powers {
  readonly uid: number
  readonly groups: readonly number[]
  readonly capabilities: string
  readonly noNewPrivileges: string
}

export const powersScript = `
  const status = require('fs').readFileSync('/proc/1/status', 'utf8')
  const field = (name) => new RegExp('^' + name + ':\\\\s*(.*)$', 'm').exec(status)[1].trim()
  console.log(JSON.stringify({ uid: +field('Uid').split(/\\s/)[0], groups: process.getgroups(),
    capabilities: field('CapEff') + ' ' + field('CapBnd'), noNewPrivileges: field('NoNewPrivs') }))`

/** Every file that can be read and has a private key in it, and every path that can be written, outside of the system. */
export const exposedScript = `
  const fs = require('fs'), keys = [], writable = []
  const may = (path, mode) => { try { fs.accessSync(path, mode); return true } catch { return false } }
  const walk = (path) => {
    const found = fs.lstatSync(path)
    if (found.isSymbolicLink()) return
    if (may(path, fs.constants.W_OK)) writable.push(path)
    if (found.isFile() && may(path, fs.constants.R_OK) && /PRIVATE KEY|client-key-data/.test(fs.readFileSync(path))) keys.push(path)
    if (found.isDirectory() && may(path, fs.constants.R_OK | fs.constants.X_OK)) for (const name of fs.readdirSync(path).sort()) walk(path + '/' + name)
  }
  const system = ['bin', 'dev', 'etc', 'lib', 'lib64', 'opt', 'proc', 'sbin', 'sys', 'usr', 'ensign', 'tmp', 'var']
  for (const name of fs.readdirSync('/').sort()) if (!system.includes(name)) walk('/' + name)
  console.log(JSON.stringify({ keys, writable }))`

/** Does something listen there, as seen from a container? */
export const connectScript = (host: string, port: number): string => `
  const socket = require('net').connect({ host: '${host}', port: ${port}, timeout: 2000 })
  const tell = (how) => { console.log(JSON.stringify(how)); process.exit() }
  socket.on('connect', () => tell('connected')).on('timeout', () => tell('no')).on('error', () => tell('no'))`

/** The text of a file. */
export const readScript = (path: string): string =>
  `console.log(JSON.stringify(require('fs').readFileSync('${path}', 'utf8')))`

/** One command to the Redis of the compose file; the lines of its reply, which comes in one piece. */
export const askRedisScript = (line: string): string => `
  const socket = require('net').connect(6379, 'redis', () => socket.write('${line}\\r\\n'))
  socket.once('data', (data) => {
    console.log(JSON.stringify(String(data).split('\\r\\n')))
    process.exit()
  })`
