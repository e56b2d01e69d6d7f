/**
 * What leads from a pod to its node: logs, commands, ports. This plane never connects to nodes, so what can be found out from
 * objects is answered, and after that what an API server says whose network does not reach the node.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/strategy.go (LogLocation, streamLocation, ResourceLocation),
 * pkg/registry/core/pod/rest/{log,subresources}.go
 */
import type { Node, Pod } from '@ensign/api'
import {
  badRequest,
  type FieldError,
  forbiddenField,
  invalid,
  invalidValue,
  negative,
  StatusError,
} from '@ensign/apimachinery'
import type { ApiResponse, ConnectCall, ConnectHandler } from '@ensign/endpoints'
import type { Objects } from './objects.ts'
import { dialing, hostOfNode, proxies } from './proxies.ts'

/** By `group/version/resource/subresource`, as the chain asks for them. */
export function createConnections(objects: Objects): ReadonlyMap<string, ConnectHandler> {
  const podOf = async (namespace: string, name: string) =>
    (await objects.core('pods').get(namespace, name)).object as Pod
  const hostOf = async (name: string) => hostOfNode((await objects.core('nodes').get('', name)).object as Node)

  /** A stream of a pod, or of the container that the options name. */
  const stream =
    (hasContainer: boolean): ConnectHandler =>
    async ({ namespace, name, options, isUpgrade, authorize }) => {
      // Rules of old let the browser's GET through where the command line's POST is not allowed.
      authorize('create')
      const pod = await podOf(namespace, name)
      if (hasContainer) containerOf(pod, options['container'])
      if (!pod.spec.nodeName) throw badRequest(`pod ${name} does not have a host assigned`)
      const host = await hostOf(pod.spec.nodeName)
      if (!isUpgrade) throw badRequest('Upgrade request required')
      throw unreachable(`error dialing backend: ${dialing(host)}`)
    }

  return new Map([
    ['/v1/pods/attach', stream(true)],
    ['/v1/pods/exec', stream(true)],
    ['/v1/pods/portforward', stream(false)],
    ['/v1/pods/log', log],
    ...proxies(objects),
  ])

  async function log({ namespace, name, options }: ConnectCall): Promise<ApiResponse> {
    const errors = logErrors(options as LogOptions)
    if (errors.length > 0) throw invalid('', 'PodLogOptions', name, errors)
    const pod = await podOf(namespace, name)
    const container = containerOf(pod, options['container'])
    // What never ran has an empty log.
    if (!pod.spec.nodeName) return { status: 204, headers: { 'cache-control': 'no-cache, private' } }
    const host = await hostOf(pod.spec.nodeName)
    const url = `https://${host}/containerLogs/${namespace}/${name}/${container}${logQuery(options)}`
    throw unreachable(`Get ${JSON.stringify(url)}: ${dialing(host)}`)
  }
}

const unreachable = (message: string): StatusError => new StatusError('Unknown', message)

/** The container that is meant. Source: strategy.go, validateContainer */
function containerOf({ metadata: { name }, spec }: Pod, wanted: unknown): string {
  const { initContainers = [], ephemeralContainers = [] } = spec
  const containers = spec.containers ?? []
  const names = [...initContainers, ...containers, ...ephemeralContainers].map((container) => container.name)
  if (typeof wanted === 'string' && wanted !== '') {
    if (names.includes(wanted)) return wanted
    throw badRequest(`container ${wanted} is not valid for pod ${name}`)
  }
  const [only, ...more] = containers
  if (only && more.length === 0) return only.name
  const choice = only ? `, choose one of: [${names.join(' ')}]` : ''
  throw badRequest(`a container name must be specified for pod ${name}${choice}`)
}

interface LogOptions {
  tailLines?: number
  limitBytes?: number
  sinceSeconds?: number
  sinceTime?: string
  stream?: string
}

/** Source: pkg/apis/core/validation/validation.go, ValidatePodLogOptions */
function logErrors({ tailLines, limitBytes, sinceSeconds, sinceTime, stream }: LogOptions): FieldError[] {
  const errors = negative('tailLines', tailLines)
  const positive = 'must be greater than 0'
  if (limitBytes !== undefined && limitBytes < 1) errors.push(invalidValue('limitBytes', limitBytes, positive))
  if (sinceSeconds !== undefined && sinceTime !== undefined)
    errors.push(forbiddenField('', 'at most one of `sinceTime` or `sinceSeconds` may be specified'))
  else if (sinceSeconds !== undefined && sinceSeconds < 1)
    errors.push(invalidValue('sinceSeconds', sinceSeconds, positive))
  if (stream !== undefined) errors.push(forbiddenField('stream', 'may not be specified'))
  return errors
}

/** In the order of Go's url.Values.Encode. */
function logQuery(options: ConnectCall['options']): string {
  const query = new URLSearchParams()
  for (const name of ['follow', 'limitBytes', 'previous', 'sinceSeconds', 'sinceTime', 'tailLines', 'timestamps']) {
    const value = options[name]
    if (value !== undefined && value !== false) query.set(name, String(value))
  }
  return query.size > 0 ? `?${query}` : ''
}
