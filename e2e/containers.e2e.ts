/** The image and the compose file: built, run, and looked at from inside as by whoever has broken in. */
import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '@ensign/process/testing'
import { type ApiClient, apiClient, type Identity } from '@ensign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  askRedisScript,
  buildImage,
  buildMsMax,
  composeCommand,
  composeProject,
  connectScript,
  containersMissing,
  docker,
  exposedScript,
  type Image,
  inside,
  type Powers,
  type Project,
  powersScript,
  readScript,
} from './containers.ts'
import { eventually } from './harness.ts'
import { services } from './service-processes.ts'

const missing = await containersMissing()
const command = missing === undefined ? await composeCommand() : undefined
if (missing !== undefined) test('the image', ({ skip }) => skip(missing))
if (command === undefined) test('the compose file', ({ skip }) => skip(missing ?? 'there is no Docker Compose'))

const noCapabilities = '0000000000000000 0000000000000000'
const hardened = ['--read-only', '--cap-drop=ALL', '--security-opt=no-new-privileges']
const health = (container: string) => docker('inspect', '--format={{.State.Health.Status}}', container)
const exitCode = (container: string) => docker('inspect', '--format={{.State.ExitCode}}', container)

/** What a container of the plane's folder has given out, for a client outside. */
async function access(container: string, folder: string) {
  mkdirSync(folder, { recursive: true })
  for (const file of ['ca.crt', 'admin-client.crt', 'admin-client.key'])
    await docker('cp', `${container}:/plane/pki/${file}`, folder)
  const authority = readFileSync(join(folder, 'ca.crt'), 'utf8')
  const admin = {
    certificateFile: join(folder, 'admin-client.crt'),
    privateKeyFile: join(folder, 'admin-client.key'),
  }
  return {
    authority,
    client: (port: number, identity: Identity = admin): ApiClient =>
      apiClient(`https://127.0.0.1:${port}`, authority, identity),
  }
}

const ready = async (client: ApiClient) =>
  eventually(
    () => client.get('/readyz'),
    ({ status }) => status === 200,
    60_000,
  )

describe.skipIf(missing)('containers', () => {
  let image: Image
  let base: string
  beforeAll(async () => {
    base = mkdtempSync(join(tmpdir(), 'ensign-containers-'))
    image = await buildImage()
  }, 2 * buildMsMax)
  afterAll(async () => {
    await image?.[Symbol.asyncDispose]()
    rmSync(base, { recursive: true, force: true })
  })

  describe('the image alone', () => {
    let container: string
    let ports: number[]
    beforeAll(async () => {
      ports = await freePorts(2)
      const [rest, oidc] = ports
      const published = ['-p', `127.0.0.1:${rest}:6443`, '-p', `127.0.0.1:${oidc}:8443`]
      container = await docker('run', '--detach', ...hardened, ...published, image.name)
    })
    afterAll(async () => {
      if (container) await docker('rm', '--force', '--volumes', container)
    })

    test('image: runs a plane that is reached from outside, and says how the kubeconfig comes out', async () => {
      const log = await eventually(
        () => docker('logs', container),
        (text) => text.includes('Ctrl-C'),
      )
      const [copying = ''] = /docker cp .*(?= \.\n)/.exec(log) ?? []
      expect(copying).toBe(`docker cp ${container.slice(0, 12)}:/plane/admin.kubeconfig`)
      const [, ...args] = copying.split(' ')
      await docker(...args, base)
      const { client } = await access(container, join(base, 'alone'))
      const [rest = 0, oidc = 0] = ports
      const admin = client(rest)
      expect((await admin.post('/api/v1/namespaces', { metadata: { name: 'kept' } })).status).toBe(201)
      const keys = await eventually(
        () => client(oidc, 'anonymous').get('/openid/v1/jwks'),
        ({ status }) => status === 200,
      )
      expect(keys.body.keys).toHaveLength(1)
    })

    test('image: runs without root, capabilities or a writable root file system, and becomes healthy', async () => {
      expect(await inside<Powers>(container, powersScript)).toEqual({
        uid: 10_000,
        groups: [10_000],
        capabilities: noCapabilities,
        noNewPrivileges: '1',
      })
      const { writable } = await inside<{ writable: string[] }>(container, exposedScript)
      expect(writable.filter((path) => !path.startsWith('/plane'))).toEqual([])
      expect(
        await eventually(
          () => health(container),
          (status) => status === 'healthy',
          30_000,
        ),
      ).toBe('healthy')
    })

    test('image: ends on SIGTERM by itself, and starts again on the same keys and objects', async () => {
      const { authority, client } = await access(container, join(base, 'before'))
      const [rest = 0, oidc = 0] = ports
      const keys = await client(oidc, 'anonymous').get('/openid/v1/jwks')
      await docker('stop', '--time=30', container)
      // 137 if the engine had to kill it.
      expect(await exitCode(container)).toBe('0')
      await docker('start', container)
      const after = await access(container, join(base, 'after'))
      expect(after.authority).toBe(authority)
      await ready(after.client(rest, 'anonymous'))
      expect((await after.client(rest).get('/api/v1/namespaces/kept')).status).toBe(200)
      expect((await after.client(oidc, 'anonymous').get('/openid/v1/jwks')).body).toEqual(keys.body)
    })

    test('image: a folder of another user is refused and its owner named; as that user it works', async () => {
      const folder = join(base, 'mounted')
      mkdirSync(folder, { mode: 0o755 })
      const owner = process.getuid?.() === 0 ? 12_345 : (process.getuid?.() ?? 0)
      if (process.getuid?.() === 0) chownSync(folder, owner, owner)
      const mount = ['--volume', `${folder}:/plane`]
      await expect(docker('run', '--rm', ...mount, image.name)).rejects.toThrow(
        `permission denied; /plane belongs to user ${owner}, and this is user 10000`,
      )
      await docker('run', '--rm', ...hardened, ...mount, `--user=${owner}`, image.name, 'pki', 'init')
    })

    test.each(services)('image: %s says what it lacks', async (service) => {
      await expect(docker('run', '--rm', image.name, service)).rejects.toThrow(/ensign: --[a-z-]+ is required/)
    })
  })

  describe.skipIf(command === undefined)('the compose file', () => {
    let project: Project
    let ports: number[]
    let admin: ApiClient
    let authority: string
    const restPort = () => ports[0] ?? 0
    const oidcPort = () => ports[1] ?? 0
    const connect = async () => {
      const files = await access(await project.container('init'), join(base, 'compose'))
      authority = files.authority
      admin = files.client(restPort())
      await ready(admin)
      return files.client(oidcPort(), 'anonymous')
    }
    let stranger: ApiClient
    const servingCertificate = async () =>
      inside<string>(await project.container('apiserver'), readScript('/services/apiserver/apiserver.crt'))
    const keySet = () =>
      eventually(
        () => stranger.get('/openid/v1/jwks'),
        ({ status }) => status === 200,
        30_000,
      )
    beforeAll(async () => {
      ports = await freePorts(2)
      project = composeProject(command ?? [], image, { rest: restPort(), oidc: oidcPort() })
      await project.compose('up', '--detach', '--no-build')
      stranger = await connect()
    }, 180_000)
    afterAll(async () => {
      await project?.[Symbol.asyncDispose]()
    })

    test('compose: an account of a new namespace gets a token, whose key is published', async () => {
      expect((await admin.post('/api/v1/namespaces', { metadata: { name: 'kept' } })).status).toBe(201)
      const { body } = await eventually(
        () => admin.post('/api/v1/namespaces/kept/serviceaccounts/default/token', { spec: {} }),
        ({ status }) => status === 201,
        60_000,
      )
      const [header = ''] = String(body.status.token).split('.')
      const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString())
      expect((await keySet()).body.keys.map((key: { kid: string }) => key.kid)).toEqual([kid])
    })

    const own = (service: string, ...files: string[]) => files.map((file) => `/services/${service}/${file}`)
    test.each([
      ['apiserver', 10_001, own('apiserver', 'apiserver.key', 'sa.key'), []],
      [
        'controller-manager',
        10_002,
        own('controller-manager', 'ca.key', 'controller-manager-client.key', 'sa.key'),
        [],
      ],
      [
        'oidc-discovery',
        10_003,
        own('oidc-discovery', 'oidc-discovery-client.key', 'oidc-discovery.key'),
        ['/published', '/published/keys.json'],
      ],
    ])(
      'compose: %s is no root, reads its own keys only and writes none of them',
      async (service, user, keys, writable) => {
        await keySet()
        const container = await project.container(service)
        expect(await inside<Powers>(container, powersScript)).toEqual({
          uid: user,
          groups: [user],
          capabilities: noCapabilities,
          noNewPrivileges: '1',
        })
        expect(await inside(container, exposedScript)).toEqual({ keys, writable })
      },
    )

    test('compose: only the apiserver reaches Redis, by name or by address', async () => {
      const redis = await project.container('redis')
      const addresses = await docker(
        'inspect',
        '--format={{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}',
        redis,
      )
      expect(await docker('port', redis)).toBe('')
      for (const host of ['redis', ...addresses.trim().split(' ')]) {
        for (const service of services) {
          const found = await inside(await project.container(service), connectScript(host, 6379))
          expect([service, host, found]).toEqual([service, host, service === 'apiserver' ? 'connected' : 'no'])
        }
      }
    })

    test('compose: Redis is no root, writes nothing but its data, and has each write on disk', async () => {
      const redis = await project.container('redis')
      expect(
        await docker(
          'inspect',
          '--format={{.Config.User}} {{.HostConfig.ReadonlyRootfs}} {{.HostConfig.CapDrop}}',
          redis,
        ),
      ).toBe('999 true [ALL]')
      const words = await inside<string[]>(await project.container('apiserver'), askRedisScript('CONFIG GET append*'))
      const setting = (name: string) => words[words.indexOf(name) + 2]
      expect([setting('appendonly'), setting('appendfsync')]).toEqual(['yes', 'always'])
    })

    test('compose: the services become healthy, and end on SIGTERM by themselves', async () => {
      for (const service of services) {
        const container = await project.container(service)
        await eventually(
          () => health(container),
          (status) => status === 'healthy',
          60_000,
        )
      }
      await project.compose('stop', '--timeout', '30')
      for (const service of services) expect(await exitCode(await project.container(service))).toBe('0')
    }, 120_000)

    test('compose: new containers keep keys, certificates and objects', async () => {
      const before = authority
      await project.compose('up', '--detach', '--no-build')
      stranger = await connect()
      const { body: keys } = await keySet()
      const certificate = await servingCertificate()
      await project.compose('down', '--timeout', '10')
      await project.compose('up', '--detach', '--no-build')
      stranger = await connect()
      expect(authority).toBe(before)
      expect((await keySet()).body).toEqual(keys)
      expect((await admin.get('/api/v1/namespaces/kept')).status).toBe(200)
      expect(await servingCertificate()).toBe(certificate)
    }, 180_000)
  })
})
