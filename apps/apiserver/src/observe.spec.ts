import { serviceAccounts } from '@ensign/api'
import { parseRequestInfo, ResourceSet } from '@ensign/endpoints'
import { createMetrics } from '@ensign/process'
import { expect, test } from 'vitest'
import { requestObserver } from './observe.ts'

const resources = new ResourceSet([
  { definition: serviceAccounts, resource: {} as unknown as NonNullable<ReturnType<ResourceSet['find']>>['resource'] },
])

function observed() {
  const metrics = createMetrics()
  const observe = requestObserver(metrics, resources)
  return {
    metrics,
    ask: (method: string, path: string, status: number, query = '') =>
      observe(parseRequestInfo(method, path, query), status, performance.now()),
    totals: () => metrics.expose().match(/^apiserver_request_total.*$/gm) ?? [],
  }
}

test('request metrics: labels are the names of what is served, whatever else is asked for', () => {
  const { ask, totals } = observed()
  for (let i = 0; i < 100; i++) {
    ask('GET', `/apis/group${i}/v1/things`, 403)
    ask('GET', `/api/v1/kinds${i}`, 403)
    ask('GET', `/api/v${i + 2}/serviceaccounts`, 403)
    ask('GET', `/api/v1/namespaces/n/serviceaccounts/x/part${i}`, 403)
    ask('GET', '/api/v1/namespaces/n/serviceaccounts/x/constructor', 403)
    ask(`VERB${i}`, '/api/v1/serviceaccounts', 405)
    ask(`VERB${i}`, `/path${i}`, 403)
  }
  expect(totals()).toEqual([
    'apiserver_request_total{verb="UNKNOWN",group="",resource="",subresource="",code="403"} 500',
    'apiserver_request_total{verb="",group="",resource="serviceaccounts",subresource="",code="405"} 100',
    'apiserver_request_total{verb="PATH",group="",resource="",subresource="",code="403"} 100',
  ])
})

test('request metrics: a request for what is served is counted by it, also when no object is found', () => {
  const { ask, totals } = observed()
  ask('GET', '/api/v1/namespaces/n/serviceaccounts/missing', 404)
  ask('GET', '/api/v1/serviceaccounts', 200, 'watch=1')
  ask('POST', '/api/v1/namespaces/n/serviceaccounts/x/token', 201)
  expect(totals()).toEqual([
    'apiserver_request_total{verb="GET",group="",resource="serviceaccounts",subresource="",code="404"} 1',
    'apiserver_request_total{verb="WATCH",group="",resource="serviceaccounts",subresource="",code="200"} 1',
    'apiserver_request_total{verb="CREATE",group="",resource="serviceaccounts",subresource="token",code="201"} 1',
  ])
})
