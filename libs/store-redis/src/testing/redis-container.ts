import {
  type ContainerRuntimeClient,
  GenericContainer,
  getContainerRuntimeClient,
  ImageName,
  Wait,
} from 'testcontainers'
import { durable, type RedisHost } from './redis-host.ts'

/** Any image with `redis-server` on its PATH and a folder `/data`. */
const image = process.env.ENSIGN_TEST_REDIS_IMAGE ?? 'redis:8-alpine'

/** Why Redis cannot run in a container here; undefined when it can. Pulls the image when the engine lacks it. */
export async function redisContainerMissing(): Promise<string | undefined> {
  let engine: ContainerRuntimeClient
  try {
    engine = await getContainerRuntimeClient()
  } catch {
    return 'no Docker engine answers'
  }
  try {
    const name = ImageName.fromString(image)
    if (!(await engine.image.exists(name))) await engine.image.pull(name)
    return undefined
  } catch (error) {
    return `the image ${image} cannot be had: ${error instanceof Error ? error.message : error}`
  }
}

/** Redis in a container of its own, which keeps the data when its process ends. */
export async function redisContainer(port: number, settings: readonly string[]): Promise<RedisHost> {
  const engine = await getContainerRuntimeClient()
  const { host } = engine.info.containerRuntime
  const place = ['--port', String(port), '--bind', '0.0.0.0', '--protected-mode', 'no', '--dir', '/data']
  const definition = new GenericContainer(image)
    .withCommand(['redis-server', ...place, ...durable, ...settings])
    .withExposedPorts({ container: port, host: port })
    .withWaitStrategy(Wait.forLogMessage('Ready to accept connections'))
  let id: string | undefined
  let remove = async () => {}
  /** The container itself; testcontainers can only stop what it then forgets. */
  const container = () => {
    if (id === undefined) throw new Error('this Redis was not started')
    return engine.container.getById(id)
  }
  return {
    // Ports are published on IPv4 only, or on both.
    address: host === 'localhost' ? '127.0.0.1' : host,
    async start() {
      if (id !== undefined) return void (await container().start())
      const started = await definition.start()
      id = started.getId()
      remove = async () => void (await started.stop({ timeout: 0, removeVolumes: true }))
    },
    async stop(signal) {
      const running = container()
      if (!(await running.inspect()).State.Running) return
      const exited = running.wait()
      await running.kill({ signal })
      await exited
    },
    freeze: async () => void (await container().pause()),
    thaw: async () => void (await container().unpause()),
    remove: () => remove(),
  }
}
