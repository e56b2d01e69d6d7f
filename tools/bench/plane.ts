/** A plane of the built program, as a process in a folder of its own, and somebody in it who may do what is measured. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type ApiClient, type ApiReply, apiClient, type RunningProgram, startProgram } from '@ensign/testing'
import { endWithUs } from './orphans.ts'

const program = fileURLToPath(new URL('../../apps/ensign/dist/main.js', import.meta.url))

export interface Plane extends AsyncDisposable {
  readonly pid: number
  /** Stops it in order and starts it again where it was. */
  restart(): Promise<void>
  readonly folder: string
  /** `https://127.0.0.1:PORT` of the REST API. */
  readonly server: string
  /** Of oidc-discovery. */
  readonly discovery: string
  readonly caPem: string
  /** The files of the server's certificate, for a bare server beside it. */
  readonly serving: { readonly certificateFile: string; readonly privateKeyFile: string }
  readonly admin: ApiClient
  /** Answers of the administrator's requests, which must be 2xx. */
  post(path: string, body: unknown): Promise<ApiReply['body']>
}

export async function startPlane(options: { storeUrl?: string; algorithm?: string } = {}): Promise<Plane> {
  const base = mkdtempSync(join(tmpdir(), 'ensign-bench-'))
  const folder = join(base, 'plane')
  const port = await freePorts()
  const start = () => startUp(upArguments(folder, port, options), base)
  let running = start()
  await running.printed('Ctrl-C')
  const pki = join(folder, 'pki')
  const caPem = readFileSync(join(pki, 'ca.crt'), 'utf8')
  const server = `https://127.0.0.1:${port}`
  const admin = apiClient(server, caPem, adminOf(folder))
  return {
    get pid() {
      return running.pid
    },
    async restart() {
      await running.stop('SIGTERM')
      running = start()
    },
    folder,
    server,
    discovery: `https://127.0.0.1:${port + 2}`,
    caPem,
    serving: { certificateFile: join(pki, 'apiserver.crt'), privateKeyFile: join(pki, 'apiserver.key') },
    admin,
    post: async (path, body) => created(path, await admin.post(path, body)),
    async [Symbol.asyncDispose]() {
      admin.close()
      await running[Symbol.asyncDispose]()
      rmSync(base, { recursive: true, force: true })
    },
  }
}

/** Runs the built `ensign`. */
export function startUp(args: readonly string[], cwd: string): RunningProgram {
  const running = startProgram(program, args, { cwd })
  void running.ended.then(endWithUs(running.pid))
  return running
}

export function upArguments(
  folder: string,
  port: number,
  { storeUrl, algorithm }: { storeUrl?: string; algorithm?: string } = {},
): string[] {
  return [
    ...['up', '--dir', folder, '--port', String(port)],
    ...(storeUrl === undefined ? [] : ['--store-url', storeUrl]),
    ...(algorithm === undefined ? [] : ['--signing-algorithm', algorithm]),
  ]
}

/** The administrator's certificate. */
export function adminOf(folder: string): { certificateFile: string; privateKeyFile: string } {
  return {
    certificateFile: join(folder, 'pki/admin-client.crt'),
    privateKeyFile: join(folder, 'pki/admin-client.key'),
  }
}

/** The first of three ports in a row on which nobody listens. */
export async function freePorts(): Promise<number> {
  for (;;) {
    const first = 20_000 + Math.floor(Math.random() * 10_000)
    const free = await Promise.all([first, first + 1, first + 2].map(isFree))
    if (free.every(Boolean)) return first
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

function created(path: string, { status, body }: ApiReply): ApiReply['body'] {
  if (status > 299) throw new Error(`POST ${path}: ${status} ${body?.message ?? ''}`)
  return body
}
