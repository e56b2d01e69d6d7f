import { describe, expect, test } from 'vitest'
import { attributesOf, parseRequestInfo } from './request-info.ts'

const shown = (method: string, url: string): string => {
  const [path = '', query = ''] = url.split('?')
  const a = attributesOf(parseRequestInfo(method, path, query))
  if (!a.isResource) return `${a.verb} ${a.path}`
  return [
    a.verb,
    a.group || 'core',
    a.namespace || '-',
    a.subresource ? `${a.resource}/${a.subresource}` : a.resource,
    a.name || '-',
  ].join(' ')
}

/** Cases of upstream's requestinfo_test.go, by meaning. */
describe('a request asks for', () => {
  test.each([
    ['GET', '/api/v1/namespaces', 'list core - namespaces -'],
    ['GET', '/api/v1/namespaces/shop', 'get core shop namespaces shop'],
    ['PUT', '/api/v1/namespaces/shop/finalize', 'update core shop namespaces/finalize shop'],
    ['GET', '/api/v1/namespaces/shop/pods', 'list core shop pods -'],
    ['GET', '/api/v1/namespaces/shop/pods/', 'list core shop pods -'],
    ['GET', '/api/v1/namespaces/shop/pods/p', 'get core shop pods p'],
    ['POST', '/api/v1/namespaces/shop/serviceaccounts/till/token', 'create core shop serviceaccounts/token till'],
    ['GET', '/api/v1/pods?watch=1', 'watch core - pods -'],
    ['GET', '/api/v1/pods?watch', 'watch core - pods -'],
    ['GET', '/api/v1/pods?watch=False', 'list core - pods -'],
    ['GET', '/api/v1/watch/namespaces/shop/pods', 'watch core shop pods -'],
    ['GET', '/api/v1/namespaces/shop/pods/p?watch=true', 'get core shop pods p'],
    ['DELETE', '/api/v1/namespaces/shop/pods', 'deletecollection core shop pods -'],
    ['DELETE', '/api/v1/namespaces/shop/pods/p', 'delete core shop pods p'],
    ['PATCH', '/apis/rbac.authorization.k8s.io/v1/clusterroles/r', 'patch rbac.authorization.k8s.io - clusterroles r'],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name%3Dp', 'list core - pods p'],
    ['GET', '/api/v1/pods?fieldSelector=%2C%2C', 'list core - pods -'],
    ['GET', '/api/v1/pods?watch=1&fieldSelector=metadata.name%3Dp', 'watch core - pods p'],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name!%3Dq,metadata.name%3Dp', 'list core - pods p'],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name%3D..', 'list core - pods -'],
    ['GET', '/api/v1/pods?fieldSelector=metadata.name%3Da%2Fb', 'list core - pods -'],
    ['GET', '/api/v1/watch/pods?fieldSelector=metadata.name%3Dp', 'watch core - pods -'],
    ['DELETE', '/api/v1/pods?fieldSelector=metadata.name%3Dp', 'deletecollection core - pods -'],
    ['GET', '/api/v1', 'get /api/v1'],
    ['GET', '/apis/apps', 'get /apis/apps'],
    ['POST', '/version', 'post /version'],
    ['GET', '/', 'get /'],
  ])('%s %s: %s', (method, url, text) => {
    expect(shown(method, url)).toBe(text)
  })

  test('something that is no path when its escapes are broken', () => {
    expect(() => parseRequestInfo('GET', '/api/v1/%zz', '')).toThrow(URIError)
  })
})
