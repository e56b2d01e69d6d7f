import { describe, expect, test } from 'vitest'
import { pods } from './core/v1/pod.ts'
import { TokenRequestSchema, TokenReviewSchema } from './generated/authentication-v1.ts'
import { NamespaceSchema, PodSchema, ServiceAccountSchema } from './generated/core-v1.ts'
import { RoleSchema } from './generated/rbac-v1.ts'
import type { JsonObject } from './openapi-schemas.ts'
import { type OpenApiResource, openApiV3, openApiV3Index } from './openapi-v3.ts'

const resources: OpenApiResource[] = [
  {
    group: '',
    version: 'v1',
    kind: 'Namespace',
    plural: 'namespaces',
    namespaced: false,
    schema: NamespaceSchema,
    subresources: { status: { verbs: ['get', 'patch', 'update'] } },
  },
  {
    group: '',
    version: 'v1',
    kind: 'ServiceAccount',
    plural: 'serviceaccounts',
    namespaced: true,
    schema: ServiceAccountSchema,
    subresources: {
      token: {
        kind: 'TokenRequest',
        group: 'authentication.k8s.io',
        version: 'v1',
        schema: TokenRequestSchema,
        verbs: ['create'],
      },
    },
  },
  { group: '', version: 'v1', kind: 'Pod', plural: 'pods', namespaced: true, schema: PodSchema },
  {
    group: 'authentication.k8s.io',
    version: 'v1',
    kind: 'TokenReview',
    plural: 'tokenreviews',
    namespaced: false,
    schema: TokenReviewSchema,
    verbs: ['create'],
  },
  {
    group: 'rbac.authorization.k8s.io',
    version: 'v1',
    kind: 'Role',
    plural: 'roles',
    namespaced: true,
    schema: RoleSchema,
  },
]

type Parameter = { name: string; in: string }
type Operation = JsonObject & { parameters: Parameter[]; requestBody: { content: JsonObject } }
type Schema = JsonObject & { properties: Record<string, Schema>; items: Schema; description?: string }
interface Document {
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, Schema> }
}

const documents = (await openApiV3(resources, { version: 'v1.36.2' })) as unknown as Map<string, Document>
const document = (path: string) => documents.get(path) as Document

test('there is a document per group and version, and an index of them', () => {
  expect([...documents.keys()]).toEqual([
    'api/v1',
    'apis/authentication.k8s.io/v1',
    'apis/rbac.authorization.k8s.io/v1',
  ])
  expect(openApiV3Index(new Map([['api/v1', 'ab']]))).toEqual({
    paths: { 'api/v1': { serverRelativeURL: '/openapi/v3/api/v1?hash=ab' } },
  })
})

describe('operations', () => {
  test('PATCH names its kind, lists fieldValidation and the patch types: kubectl validates by it', () => {
    const patch = document('api/v1').paths['/api/v1/namespaces/{namespace}/serviceaccounts/{name}']?.patch
    expect(patch?.['x-kubernetes-group-version-kind']).toEqual({ group: '', version: 'v1', kind: 'ServiceAccount' })
    expect(patch?.parameters).toContainEqual(expect.objectContaining({ name: 'fieldValidation', in: 'query' }))
    expect(Object.keys(patch?.requestBody.content ?? {})).toEqual([
      'application/apply-patch+yaml',
      'application/json-patch+json',
      'application/merge-patch+json',
      'application/strategic-merge-patch+json',
    ])
  })

  test('stand at the paths of the resource and of its subresources', () => {
    const { paths } = document('api/v1')
    expect(
      Object.entries(paths).map(([path, item]) => `${path} ${Object.keys(item).filter((key) => key !== 'parameters')}`),
    ).toEqual([
      '/api/v1/namespaces get,post,delete',
      '/api/v1/namespaces/{name} get,put,patch,delete',
      '/api/v1/namespaces/{name}/status get,put,patch',
      '/api/v1/namespaces/{namespace}/serviceaccounts get,post,delete',
      '/api/v1/serviceaccounts get',
      '/api/v1/namespaces/{namespace}/serviceaccounts/{name} get,put,patch,delete',
      '/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token post',
      '/api/v1/namespaces/{namespace}/pods get,post,delete',
      '/api/v1/pods get',
      '/api/v1/namespaces/{namespace}/pods/{name} get,put,patch,delete',
    ])
    expect(
      paths['/api/v1/namespaces/{namespace}/serviceaccounts/{name}/token']?.post?.['x-kubernetes-group-version-kind'],
    ).toEqual({
      group: 'authentication.k8s.io',
      version: 'v1',
      kind: 'TokenRequest',
    })
  })

  test('have ids of their own', () => {
    const ids = [...documents.values()].flatMap(({ paths }) =>
      Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId }) => operationId)),
    )
    const named = ids.filter((id) => id !== undefined)
    expect(new Set(named).size).toBe(named.length)
    expect(named).toContain('createCoreV1NamespacedServiceAccount')
    expect(named).toContain('listRbacAuthorizationV1RoleForAllNamespaces')
    expect(named).toContain('deleteCoreV1CollectionNamespacedPod')
  })

  test('that lead out of the API have their options as parameters', async () => {
    const [document] = [...(await openApiV3([pods], { version: 'v1.36.2' })).values()] as unknown as Document[]
    const path = '/api/v1/namespaces/{namespace}/pods/{name}'
    const { get, post } = document?.paths[`${path}/exec`] ?? {}
    expect(get).toMatchObject({
      operationId: 'connectCoreV1GetNamespacedPodExec',
      'x-kubernetes-action': 'connect',
      'x-kubernetes-group-version-kind': { group: '', version: 'v1', kind: 'PodExecOptions' },
    })
    expect(post?.parameters.map(({ name }) => name)).toEqual([
      'stdin',
      'stdout',
      'stderr',
      'tty',
      'container',
      'command',
    ])
    expect(document?.paths[`${path}/log`]?.get).toMatchObject({
      operationId: 'readCoreV1NamespacedPodLog',
      responses: { 200: { content: { 'text/plain': { schema: { type: 'string' } } } } },
    })
  })

  test('of a review is only POST', () => {
    expect(Object.keys(document('apis/authentication.k8s.io/v1').paths)).toEqual([
      '/apis/authentication.k8s.io/v1/tokenreviews',
    ])
  })
})

describe('schemas', () => {
  const { schemas } = document('api/v1').components
  const podSpec = schemas['io.k8s.api.core.v1.PodSpec']?.properties

  test('carry their kind as a list', () => {
    expect(schemas['io.k8s.api.core.v1.ServiceAccount']?.['x-kubernetes-group-version-kind']).toEqual([
      { group: '', version: 'v1', kind: 'ServiceAccount' },
    ])
  })

  test('say how lists merge', () => {
    expect(podSpec?.containers).toMatchObject({
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
    })
    expect(podSpec?.volumes?.['x-kubernetes-patch-strategy']).toBe('merge,retainKeys')
  })

  test('have the members of inline messages, and never a member beside $ref', () => {
    expect(schemas['io.k8s.api.core.v1.Volume']?.properties.secret).toMatchObject({
      allOf: [{ $ref: '#/components/schemas/io.k8s.api.core.v1.SecretVolumeSource' }],
    })
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return
      if ('$ref' in node) expect(Object.keys(node)).toEqual(['$ref'])
      for (const member of Object.values(node)) visit(member)
    }
    visit(schemas)
  })

  test('are all there', () => {
    for (const { components, paths } of documents.values()) {
      const references = JSON.stringify({ components, paths }).matchAll(/"#\/components\/schemas\/([^"]+)"/g)
      for (const [, name = ''] of references) expect(components.schemas).toHaveProperty([name])
    }
  })

  test('describe every message and every field in our words', () => {
    const undescribed = Object.entries(schemas).flatMap(([name, schema]) => [
      ...(schema.description ? [] : [name]),
      ...Object.entries(schema.properties ?? {}).flatMap(([field, property]) =>
        property.description ? [] : [`${name}.${field}`],
      ),
    ])
    expect(undescribed).toEqual([])
  })
})
