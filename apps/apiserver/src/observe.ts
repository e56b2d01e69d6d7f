/** Request metrics under kube-apiserver's names. Source: staging/src/k8s.io/apiserver/pkg/endpoints/metrics/metrics.go */
import type { RequestInfo } from '@ensign/endpoints'
import type { Counter, Histogram, MetricsRegistry } from '@ensign/process'

/** Seconds. */
const durationBuckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
]

export function requestObserver(
  metrics: MetricsRegistry,
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
  /** Series by what is asked: labels are looked up once. Unknown paths share one series, so that nobody can make more. */
  const series = new Map<string, { codes: Map<number, Counter>; seconds: Histogram; labels: string[] }>()
  return (info, status, startedMs) => {
    const known = info?.isResource && status !== 404
    const labels = known
      ? [info.verb.toUpperCase(), info.group, info.resource, info.subresource]
      : [info?.isResource ? 'UNKNOWN' : 'PATH', '', '', '']
    const key = labels.join(' ')
    let found = series.get(key)
    if (!found) {
      found = { codes: new Map(), seconds: duration.labels(...labels), labels }
      series.set(key, found)
    }
    let counter = found.codes.get(status)
    if (!counter) {
      counter = total.labels(...found.labels, String(status))
      found.codes.set(status, counter)
    }
    counter.inc()
    if (info?.verb !== 'watch') found.seconds.observe((performance.now() - startedMs) / 1000)
  }
}
