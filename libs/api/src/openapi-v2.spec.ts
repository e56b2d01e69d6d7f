import { decodeProtobuf, type MessageSchema } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from './openapi-schemas.ts'
import { openApiV2 } from './openapi-v2.ts'
import { openApiV2Protobuf } from './openapi-v2-protobuf.ts'
import { openApiV3 } from './openapi-v3.ts'
import { servedKinds } from './served-kinds.ts'

type Schema = JsonObject & { properties: Record<string, JsonObject> }
const document = openApiV2(await openApiV3(servedKinds), { version: 'v1.36.2' })
const definitions = document['definitions'] as Record<string, Schema>
const paths = document['paths'] as Record<string, Record<string, JsonObject>>

describe('definitions', () => {
  test('refer to each other beside their descriptions', () => {
    expect(definitions['io.k8s.api.core.v1.Pod']?.properties['spec']).toMatchObject({
      description: expect.any(String),
      $ref: '#/definitions/io.k8s.api.core.v1.PodSpec',
    })
    const references = JSON.stringify(document).matchAll(/"#\/definitions\/([^"]+)"/g)
    for (const [, name = ''] of references) expect(definitions).toHaveProperty([name])
    expect(JSON.stringify(document)).not.toMatch(/"(?:oneOf|allOf|#\/components)/)
  })

  test('say how lists merge, and which kind they are', () => {
    expect(definitions['io.k8s.api.core.v1.PodSpec']?.properties['containers']).toMatchObject({
      'x-kubernetes-list-map-keys': ['name'],
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
    })
    const kinds = definitions['io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions']?.['x-kubernetes-group-version-kind']
    expect(kinds).toContainEqual({ group: '', kind: 'DeleteOptions', version: 'v1' })
    expect(kinds).toContainEqual({ group: 'rbac.authorization.k8s.io', kind: 'DeleteOptions', version: 'v1' })
  })

  test('have texts where version 3 has a choice', () => {
    expect(definitions['io.k8s.apimachinery.pkg.util.intstr.IntOrString']).toMatchObject({
      type: 'string',
      format: 'int-or-string',
    })
  })
})

describe('operations', () => {
  test('take a body, and say what they take and give', () => {
    const create = paths['/api/v1/namespaces/{namespace}/configmaps']?.['post']
    expect(create).toMatchObject({
      consumes: ['*/*'],
      produces: ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'],
      responses: { 201: { schema: { $ref: '#/definitions/io.k8s.api.core.v1.ConfigMap' } } },
      'x-kubernetes-action': 'post',
    })
    expect(create?.['parameters']).toContainEqual({
      name: 'body',
      in: 'body',
      schema: { $ref: '#/definitions/io.k8s.api.core.v1.ConfigMap' },
    })
  })
})

/** As much of openapi.v2 as it takes to find a definition again. */
const message = (name: string, fields: MessageSchema['fields']): MessageSchema => ({ name, goName: name, fields })
const one = (name: string, number: number, type: MessageSchema['fields'][number]['type']) =>
  ({ name, number, type, presence: 'omitempty' }) as const
const many = (name: string, number: number, type: () => MessageSchema) =>
  ({ ...one(name, number, type), repeated: true }) as const
const AnySchema = message('Any', [one('yaml', 2, 'string')])
const NamedAny = message('NamedAny', [one('name', 1, 'string'), one('value', 2, () => AnySchema)])
const SchemaSchema: MessageSchema = message('Schema', [
  one('ref', 1, 'string'),
  one('description', 4, 'string'),
  one('properties', 25, () => message('Properties', [many('all', 1, () => NamedSchema)])),
  many('extensions', 31, () => NamedAny),
])
const NamedSchema: MessageSchema = message('NamedSchema', [
  one('name', 1, 'string'),
  one('value', 2, () => SchemaSchema),
])
const DocumentSchema = message('Document', [
  one('swagger', 1, 'string'),
  one('definitions', 9, () => message('Definitions', [many('all', 1, () => NamedSchema)])),
])

test('the protobuf form has the same definitions', () => {
  interface Decoded {
    swagger: string
    definitions: { all: { name: string; value: { properties?: { all: { name: string; value: JsonObject }[] } } }[] }
  }
  const decoded = decodeProtobuf<Decoded>(DocumentSchema, openApiV2Protobuf(document))
  expect(decoded.swagger).toBe('2.0')
  expect(decoded.definitions.all.map(({ name }) => name)).toEqual(Object.keys(definitions))
  const spec = decoded.definitions.all.find(({ name }) => name === 'io.k8s.api.core.v1.PodSpec')
  const containers = spec?.value.properties?.all.find(({ name }) => name === 'containers')
  expect(containers?.value['extensions']).toContainEqual({
    name: 'x-kubernetes-patch-merge-key',
    value: { yaml: '"name"\n' },
  })
})
