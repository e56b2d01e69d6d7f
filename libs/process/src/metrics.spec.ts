import { expect, test } from 'vitest'
import { seriesPerMetricMax } from './limits.ts'
import { createMetrics } from './metrics.ts'

test('exposes counters, gauges and histograms as Prometheus reads them', () => {
  const metrics = createMetrics()
  const requests = metrics.counter({ name: 'requests_total', help: 'Requests\nserved.', labels: ['verb', 'code'] })
  const get = requests.labels('GET', '200')
  get.inc()
  get.inc(2)
  requests.labels('a"\\\n', '500').inc()
  metrics.gauge({ name: 'depth', help: 'Depth.' }).labels().set(-1.5)
  const seconds = metrics.histogram({ name: 'seconds', help: 'Time.', labels: ['verb'], buckets: [0.1, 1] })
  for (const value of [0.05, 0.1, 0.5, 9]) seconds.labels('GET').observe(value)
  metrics.observed({ name: 'now', help: 'Read late.' }, () => 7)

  expect(metrics.expose()).toBe(`# HELP requests_total Requests\\nserved.
# TYPE requests_total counter
requests_total{verb="GET",code="200"} 3
requests_total{verb="a\\"\\\\\\n",code="500"} 1
# HELP depth Depth.
# TYPE depth gauge
depth -1.5
# HELP seconds Time.
# TYPE seconds histogram
seconds_bucket{verb="GET",le="0.1"} 2
seconds_bucket{verb="GET",le="1"} 3
seconds_bucket{verb="GET",le="+Inf"} 4
seconds_sum{verb="GET"} 9.65
seconds_count{verb="GET"} 4
# HELP now Read late.
# TYPE now gauge
now 7
`)
})

test('a metric is defined once and used with its labels', () => {
  const metrics = createMetrics()
  const one = metrics.counter({ name: 'one', help: '', labels: ['a'] })
  expect(() => metrics.gauge({ name: 'one', help: '' })).toThrow('metric one is defined twice')
  expect(() => one.labels('x', 'y')).toThrow('metric one has the labels a')
})

test('past the limit, new label values are counted together', () => {
  const metrics = createMetrics()
  const paths = metrics.counter({ name: 'paths', help: '', labels: ['path'] })
  for (let i = 0; i < seriesPerMetricMax + 10; i++) paths.labels(`/${i}`).inc()
  expect(metrics.expose()).toContain('paths{path="other"} 10\n')
})

test('metrics: a histogram with the most series it may have is exposed whole', () => {
  const metrics = createMetrics()
  const buckets = Array.from({ length: 30 }, (_, i) => i)
  const seconds = metrics.histogram({ name: 'seconds', help: '', labels: ['path'], buckets })
  for (let i = 0; i < seriesPerMetricMax; i++) seconds.labels(`/${i}`).observe(i)
  expect(metrics.expose().match(/_count/g)).toHaveLength(seriesPerMetricMax)
})
