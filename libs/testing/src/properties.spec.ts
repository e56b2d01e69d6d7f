/**
 * What holds for every object, patch and query that anybody may think of. Failures print the seed that repeats them;
 * ENSIGN_TEST_RUNS asks for more than the few runs that fit into every test.
 */
import { servedKinds } from '@ensign/api'
import {
  type AnyResourceDefinition,
  decodeJson,
  decodeProtobuf,
  encodeProtobuf,
  forgetEmptyLists,
  isVirtual,
  parsePlainJson,
  unwrapUnknown,
  verbsOf,
} from '@ensign/apimachinery'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ApiClient, ApiReply } from './api-client.ts'
import { objectOf } from './arbitrary-object.ts'
import { startTestPlane, type TestPlane } from './plane.ts'

const runs = Number(process.env.ENSIGN_TEST_RUNS ?? 15)
const named = (kinds: readonly AnyResourceDefinition[]) =>
  kinds.map(
    (definition) => [`${definition.group || 'core'}/${definition.version} ${definition.kind}`, definition] as const,
  )
/** PEM of an Ed25519 key's request for CN=random, in base64. */
const certificateRequest =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlHUU1FUUNBUUF3RVRFUE1BMEdBMVVFQXd3R2NtRnVaRzl0TUNvd0JRWURLMlZ3QXlFQUpNVGVqNzFxYXUzUQpQNkwxL2hjUG9kVC9YZ1ZOcFF2eUR3VVdueFphaXd5Z0FEQUZCZ01yWlhBRFFRQ29oZVdJOEFzekttd01XYVpDCmVTcTg3UXZ3N3NrUkR2elQyQmh0MElrQkpWbjZaQWhDZHNnSUJSYy9seUxDRGx5WTM3ODUybGNMTDYwVlMzaFoKZ1pzTgotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K'
/** Of the others nobody but the server makes objects. */
const written = servedKinds.filter((definition) => verbsOf(definition).includes('create'))
const stored = written.filter((definition) => !isVirtual(definition))

describe.each(named(written))('%s', (_, { schema }) => {
  test('an object is the same after the way to protobuf and back', () => {
    fc.assert(
      fc.property(objectOf(schema, { wellTyped: true }), (body) => {
        const object = decodeJson(schema, body)
        // Protobuf knows no empty lists.
        forgetEmptyLists(schema, object)
        expect(JSON.stringify(decodeProtobuf(schema, encodeProtobuf(schema, object)))).toBe(JSON.stringify(object))
      }),
      { numRuns: runs * 5 },
    )
  })
})

describe('a plane', () => {
  let plane: TestPlane
  let admin: ApiClient
  let made = 0
  beforeAll(async () => {
    plane = await startTestPlane()
    admin = plane.client()
    await admin.post('/api/v1/namespaces', { metadata: { name: 'random' } })
  })
  afterAll(() => plane[Symbol.asyncDispose]())

  const collectionOf = ({ group, version, plural, namespaced }: AnyResourceDefinition): string =>
    `${group ? `/apis/${group}` : '/api'}/${version}${namespaced ? '/namespaces/random' : ''}/${plural}`

  /** Upstream's own answers to what a client did wrong, and still a 500. */
  const upstreams =
    /^(resourceVersion should not be set on objects to be created|strconv\.ParseUint: .*|map: .* does not contain declared merge key: .*)$/s

  /** Answers of any kind but those that say that the server is at fault. */
  function sane({ status, body }: ApiReply): ApiReply {
    if (status >= 500 && !(status === 500 && upstreams.test(body.message)))
      throw new Error(`${status}: ${JSON.stringify(body).slice(0, 2000)}`)
    return { status, body } as ApiReply
  }

  /** Bodies that could be objects, under a name that is free. */
  const body = (definition: AnyResourceDefinition, wellTyped: boolean) =>
    objectOf(definition.schema, { wellTyped }).map((object) => {
      const metadata =
        typeof object['metadata'] === 'object' && !Array.isArray(object['metadata']) ? object['metadata'] : {}
      const { apiVersion: _apiVersion, kind: _kind, ...rest } = object
      // What may be left as it was drawn is: only the name must be new.
      return {
        ...rest,
        metadata: { ...metadata, name: `random-${++made}`, namespace: undefined, finalizers: undefined },
      }
    })
  const patches = (definition: AnyResourceDefinition) =>
    fc.oneof(
      fc.tuple(fc.constant('application/merge-patch+json'), objectOf(definition.schema)),
      fc.tuple(fc.constant('application/strategic-merge-patch+json'), objectOf(definition.schema)),
      fc.tuple(
        fc.constant('application/json-patch+json'),
        fc.array(
          fc.record({
            op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'x'),
            path: fc.constantFrom(
              '',
              '/',
              '/metadata',
              '/metadata/labels',
              '/spec',
              '/spec/containers/0',
              '/data/a',
              '/x/-',
            ),
            from: fc.constantFrom('/metadata', '/spec', ''),
            value: fc.jsonValue({ maxDepth: 2 }),
          }),
          { maxLength: 4 },
        ),
      ),
      fc.tuple(fc.constant('application/apply-patch+yaml'), objectOf(definition.schema)),
    )

  describe.each(named(stored))('takes or refuses any %s', (_, definition) => {
    const collection = collectionOf(definition)

    test('what it takes is what it gives, in JSON and in protobuf', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.boolean().chain((wellTyped) => body(definition, wellTyped)),
          async (object) => {
            const { status, body: created } = sane(await admin.post(collection, object))
            if (status !== 201) return
            const path = `${collection}/${created.metadata.name}`
            const { status: found, body: read } = sane(await admin.get(path))
            // A controller may have changed it already, or ended it.
            if (found === 200 && read.metadata.resourceVersion === created.metadata.resourceVersion)
              expect(read).toEqual(created)
            const binary = await admin.bytes(path, 'application/vnd.kubernetes.protobuf')
            if (found === 200 && binary) {
              const decoded = decodeProtobuf<typeof read>(definition.schema, unwrapUnknown(binary).raw)
              const { kind: _kind, apiVersion: _apiVersion, ...rest } = read
              if (decoded.metadata.resourceVersion === read.metadata.resourceVersion)
                expect(decoded).toMatchObject(parsePlainJson(JSON.stringify(rest)) as object)
            }
            sane(await admin.delete(`${path}?gracePeriodSeconds=0`))
          },
        ),
        { numRuns: runs },
      )
    })

    test('whatever is patched or put, nothing breaks', async () => {
      const { status, body: created } = sane(await admin.post(collection, minimal(definition)))
      expect([status, created.message]).toEqual([201, undefined])
      const path = `${collection}/${created.metadata.name}`
      const drawn = fc.tuple(fc.oneof(patches(definition), fc.tuple(fc.constant('PUT'), body(definition, false))))
      await fc.assert(
        fc.asyncProperty(drawn, fc.boolean(), async ([[type, change]], isDryRun) => {
          const query = `?fieldManager=random${isDryRun ? '&dryRun=All' : ''}`
          if (type === 'PUT') {
            const { metadata, ...rest } = change as { metadata: object }
            sane(await admin.put(path + query, { ...rest, metadata: { ...metadata, name: created.metadata.name } }))
          } else sane(await admin.patch(path + query, change, type))
        }),
        { numRuns: runs },
      )
      sane(await admin.delete(path))
    })
  })

  test('takes or refuses any query', async () => {
    const names = ['limit', 'continue', 'resourceVersion', 'resourceVersionMatch', 'labelSelector', 'fieldSelector']
    const switches = [
      'sendInitialEvents',
      'allowWatchBookmarks',
      'pretty',
      'includeObject',
      'timeoutSeconds',
      'timeout',
    ]
    const values = fc.oneof(
      fc.constantFrom(
        '0',
        '1',
        '-1',
        'abc',
        'Exact',
        'NotOlderThan',
        'a=b',
        'a in (b,c)',
        'metadata.name=x',
        '!a',
        '1s',
      ),
      fc.string({ unit: 'binary', maxLength: 10 }),
    )
    const query = fc.array(fc.tuple(fc.constantFrom(...names, ...switches), values), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...stored), query, async (definition, pairs) => {
        const text = pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed())}`).join('&')
        const { status, body: list } = await admin.get(`${collectionOf(definition)}?${text}`)
        // 500 and 504 are upstream's own answers to a resourceVersion that is no number, or too new.
        if (status === 504 || (status === 500 && /resourceVersion/.test(list.message))) return
        expect(status).toBeLessThan(500)
      }),
      { numRuns: runs * 10 },
    )
  })

  /** The least that a kind asks for. */
  function minimal({ group, kind }: AnyResourceDefinition): object {
    const metadata = { name: `minimal-${++made}` }
    const spec: Record<string, object> = {
      Pod: { spec: { containers: [{ name: 'a', image: 'a' }] } },
      Service: { spec: { ports: [{ port: 80 }] } },
      EndpointSlice: { addressType: 'IPv4', endpoints: [] },
      Event: {
        involvedObject: { namespace: 'random' },
        regarding: { namespace: 'random' },
        eventTime: '2026-01-02T03:04:05.000000Z',
        [group ? 'reportingController' : 'reportingComponent']: 'example.com/a',
        reportingInstance: 'b',
        action: 'c',
        reason: 'd',
        type: 'Normal',
      },
      CertificateSigningRequest: {
        spec: { request: certificateRequest, signerName: 'example.com/a', usages: ['client auth'] },
      },
      ClusterRoleBinding: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' } },
      RoleBinding: { roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' } },
    }
    return { metadata, ...spec[kind] }
  }
})
