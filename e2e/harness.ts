/** Planes made of built programs, for tests that see them from outside. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePorts } from '@ensign/process/testing'
import {
  type ApiClient,
  apiClient,
  type Identity,
  type KubectlProgram,
  kubectl,
  type ProgramResult,
  type RunningProgram,
  startProgram,
} from '@ensign/testing'

/** The repository. */
export const root = fileURLToPath(new URL('..', import.meta.url))

export const programOf = (service: string) => join(root, 'apps', service, 'dist/main.js')

/** A folder with the state of one plane on ports of its own, seen as its user sees it. */
export interface PlaneFolder extends Disposable {
  readonly path: string
  readonly ports: { readonly port: number; readonly 'grpc-port': number; readonly 'oidc-port': number }
  /** The flags that say where it is to `ensign up` and `ensign pki init`. */
  readonly place: readonly string[]
  readonly kubeconfig: string
  /** Of the REST API. */
  readonly server: string
  readonly issuer: string
  /** The authority that every server certificate of the plane is from; there once the plane was started. */
  readonly caFile: string
  /** As somebody, the administrator when nobody is named; of the REST API when no other server is. */
  client(identity?: Identity, of?: string): ApiClient
  kubectl(program: KubectlProgram, ...args: string[]): Promise<ProgramResult>
}

/** @param name of the folder, inside of a temporary one that goes with it. */
export async function planeFolder(name = 'plane'): Promise<PlaneFolder> {
  const base = mkdtempSync(join(tmpdir(), 'ensign-e2e-'))
  const path = join(base, name)
  const [rest = 0, grpc = 0, oidc = 0] = await freePorts(3)
  const ports = { port: rest, 'grpc-port': grpc, 'oidc-port': oidc }
  const kubeconfig = join(path, 'admin.kubeconfig')
  const caFile = join(path, 'pki/ca.crt')
  const server = `https://127.0.0.1:${rest}`
  const clients: ApiClient[] = []
  const admin = {
    certificateFile: join(path, 'pki/admin-client.crt'),
    privateKeyFile: join(path, 'pki/admin-client.key'),
  }
  return {
    path,
    ports,
    place: ['--dir', path, ...Object.entries(ports).map(([flag, port]) => `--${flag}=${port}`)],
    kubeconfig,
    server,
    issuer: `https://localhost:${oidc}`,
    caFile,
    client(identity = admin, of = server) {
      const client = apiClient(of, readFileSync(caFile, 'utf8'), identity)
      clients.push(client)
      return client
    },
    kubectl: (program, ...args) => kubectl(program, kubeconfig, args),
    [Symbol.dispose]() {
      for (const client of clients) client.close()
      rmSync(base, { recursive: true, force: true })
    },
  }
}

/** Runs `ensign up` on the folder until it says that it is ready. */
export async function up(folder: PlaneFolder, ...args: string[]): Promise<RunningProgram> {
  const program = startProgram(programOf('ensign'), ['up', ...folder.place, ...args], { cwd: tmpdir() })
  try {
    await program.printed('Ctrl-C')
    return program
  } catch (error) {
    await program.stop('SIGKILL')
    throw error
  }
}

/** Asks again until the answer holds, for at most so long. */
export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  withinMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + withinMs
  for (;;) {
    const answer = await ask().catch((error: unknown) => {
      if (Date.now() > deadline) throw error
      return undefined
    })
    if (answer !== undefined && holds(answer)) return answer
    if (Date.now() > deadline) throw new Error(`still not after ${withinMs} ms: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** The token with one character of its signature changed. */
export function tampered(token: string): string {
  const at = token.length - 10
  return `${token.slice(0, at)}${token[at] === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`
}
