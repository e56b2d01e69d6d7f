/** Request metrics under kube-apiserver's names. Source: staging/src/k8s.io/apiserver/pkg/endpoints/metrics/metrics.go */
import type { RequestInfo, ResourceSet } from '@ensign/endpoints'
import type { Counter, Histogram, MetricsRegistry } from '@ensign/process'

/** Seconds. */
const durationBuckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
]

interface Series {
  readonly codes: Map<number, Counter>
  readonly seconds: Histogram
  readonly labels: readonly string[]
}

/**
 * @param resources what is served. Labels are made from these names and from no others: a client that invents groups,
 * resources or subresources adds nothing to what is kept or exposed.
 */
export function requestObserver(
  metrics: MetricsRegistry,
  resources: Pick<ResourceSet, 'find'>,
): (info: RequestInfo | undefined, status: number, startedMs: number) => void {
  const total = metrics.counter({
    name: 'apiserver_request_total',
    help: 'Requests by verb, resource and code',
    labels: ['verb', 'group', 'resource', 'subresource', 'code'],
  })
  const duration = metrics.histogram({
    name: 'apiserver_request_duration_seconds',
    help: 'Time until the answer began, watches left out',
    labels: ['verb', 'group', 'resource', 'subresource'],
    buckets: durationBuckets,
  })
  const seriesOf = (...labels: string[]): Series => ({ codes: new Map(), seconds: duration.labels(...labels), labels })
  const unserved = seriesOf('UNKNOWN', '', '', '')
  const outside = seriesOf('PATH', '', '', '')
  /** By what is asked, so that labels are looked up once. Holds at most every verb of every served resource. */
  const served = new Map<string, Series>()
  return (info, status, startedMs) => {
    const found = seriesFor(info)
    let counter = found.codes.get(status)
    if (!counter) {
      counter = total.labels(...found.labels, String(status))
      found.codes.set(status, counter)
    }
    counter.inc()
    if (info?.verb !== 'watch') found.seconds.observe((performance.now() - startedMs) / 1000)
  }

  function seriesFor(info: RequestInfo | undefined): Series {
    if (!info?.isResource) return outside
    const { verb, group, version, resource, subresource } = info
    const key = `${verb} ${group}/${version}/${resource}/${subresource}`
    const known = served.get(key)
    if (known) return known
    const definition = resources.find(group, version, resource)?.definition
    if (!definition || (subresource && !Object.hasOwn(definition.subresources ?? {}, subresource))) return unserved
    const made = seriesOf(verb.toUpperCase(), group, resource, subresource)
    served.set(key, made)
    return made
  }
}
