/** Objects as Kubernetes' own Go types encode them, in JSON and in protobuf: random ones, two of each kind. */
import { readFileSync } from 'node:fs'
import { decodeJson, decodeProtobuf, encodeProtobuf, type MessageSchema } from '@ensign/apimachinery'
import { describe, expect, test } from 'vitest'
import * as metaV1 from '../../apimachinery/src/generated/meta-v1.ts'
import * as admissionregistrationV1 from './generated/admissionregistration-v1.ts'
import * as authenticationV1 from './generated/authentication-v1.ts'
import * as authorizationV1 from './generated/authorization-v1.ts'
import * as certificatesV1 from './generated/certificates-v1.ts'
import * as coordinationV1 from './generated/coordination-v1.ts'
import * as coreV1 from './generated/core-v1.ts'
import * as discoveryV1 from './generated/discovery-v1.ts'
import * as eventsV1 from './generated/events-v1.ts'
import * as policyV1 from './generated/policy-v1.ts'
import * as rbacV1 from './generated/rbac-v1.ts'

const modules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'meta-v1': metaV1,
  'admissionregistration-v1': admissionregistrationV1,
  'authentication-v1': authenticationV1,
  'authorization-v1': authorizationV1,
  'certificates-v1': certificatesV1,
  'coordination-v1': coordinationV1,
  'discovery-v1': discoveryV1,
  'core-v1': coreV1,
  'events-v1': eventsV1,
  'policy-v1': policyV1,
  'rbac-v1': rbacV1,
}

interface Vector {
  readonly schema: string
  readonly protobuf: string
  readonly json: object
}

const lines = readFileSync(new URL('./fixtures/go-encoded.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
const vectors = lines.map((line) => JSON.parse(line) as Vector)

describe.each(vectors.map((vector, index) => [`${vector.schema} (${index})`, vector] as const))('%s', (_, vector) => {
  const [file = '', kind] = vector.schema.split('/')
  const schema = modules[file]?.[`${kind}Schema`] as MessageSchema
  const message = Buffer.from(vector.protobuf, 'hex')
  // As text, so that the order of members counts.
  const json = JSON.stringify(vector.json)

  test('decodes from protobuf to the JSON that Go writes', () => {
    expect(JSON.stringify(decodeProtobuf(schema, message))).toBe(json)
  })

  test('decodes from JSON to itself, with no member unknown', () => {
    const unknown: string[] = []
    expect(JSON.stringify(decodeJson(schema, vector.json, { unknownField: (path) => unknown.push(path) }))).toBe(json)
    expect(unknown).toEqual([])
  })

  test('survives the way to protobuf and back', () => {
    expect(JSON.stringify(decodeProtobuf(schema, encodeProtobuf(schema, vector.json)))).toBe(json)
  })
})
