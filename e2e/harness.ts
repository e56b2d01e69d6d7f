/** Planes made of built programs, for tests that see them from outside. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type ApiClient,
  apiClient,
  type Identity,
  type KubectlProgram,
  type KubectlResult,
  kubectl,
  kubectlPrograms,
  type RunningProgram,
  startProgram,
} from '@ensign/testing'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Bundles the services as they are released; what is tested is that. */
export function build(): void {
  execFileSync(process.execPath, [join(root, 'tools/build.ts')], { stdio: 'pipe' })
}

export const programOf = (service: string) => join(root, 'apps', service, 'dist/main.js')

/** The newest kubectl of this machine, for tests that only need some. */
export function someKubectl(): KubectlProgram | undefined {
  return kubectlPrograms().at(-1)
}

/** A folder with the state of one plane, seen as its user sees it. */
export interface PlaneFolder extends Disposable {
  readonly path: string
  readonly kubeconfig: string
  /** Of the REST API; once the plane was started or initialised. */
  server(): string
  caPem(): string
  /** As somebody; as the administrator when nobody is named. */
  client(identity?: Identity): ApiClient
  kubectl(program: KubectlProgram, args: readonly string[], input?: string): Promise<KubectlResult>
}

export function planeFolder(): PlaneFolder {
  const base = mkdtempSync(join(tmpdir(), 'ensign-e2e-'))
  const path = join(base, 'plane')
  const kubeconfig = join(path, 'admin.kubeconfig')
  const clients: ApiClient[] = []
  const server = () => /server: (\S+)/.exec(readFileSync(kubeconfig, 'utf8'))?.[1] ?? ''
  const caPem = () => readFileSync(join(path, 'pki/ca.crt'), 'utf8')
  const admin = {
    certificateFile: join(path, 'pki/admin-client.crt'),
    privateKeyFile: join(path, 'pki/admin-client.key'),
  }
  return {
    path,
    kubeconfig,
    server,
    caPem,
    client(identity = admin) {
      const client = apiClient(server(), caPem(), identity)
      clients.push(client)
      return client
    },
    kubectl: (program, args, input) => kubectl(program, kubeconfig, args, input),
    [Symbol.dispose]() {
      for (const client of clients) client.close()
      rmSync(base, { recursive: true, force: true })
    },
  }
}

/** Runs `ensign up` on the folder until it says that it is ready. */
export async function up(folder: PlaneFolder, args: readonly string[]): Promise<RunningProgram> {
  const program = startProgram(programOf('ensign'), ['up', '--dir', folder.path, ...args], { cwd: tmpdir() })
  await program.printed('Ctrl-C')
  return program
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
