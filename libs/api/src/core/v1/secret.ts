/**
 * Secret, data that only those who need it should read; among them the tokens of ServiceAccounts that never expire.
 * Source: kubernetes/kubernetes pkg/registry/core/secret/strategy.go, pkg/apis/core/validation/validation.go,
 * pkg/apis/core/v1/{defaults,conversion}.go
 */
import {
  defineResource,
  type FieldError,
  invalidValue,
  JsonSyntaxError,
  parseJson,
  required,
  tooLong,
} from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import { type DataMap, dataBytesMax, decodedSize, immutableErrors, keyErrors } from '../../data-map.ts'
import { type Secret, SecretSchema } from '../../generated/core-v1.ts'
import { metadataAgain } from '../../metadata-again.ts'

export const secretTypes = {
  opaque: 'Opaque',
  serviceAccountToken: 'kubernetes.io/service-account-token',
  dockercfg: 'kubernetes.io/dockercfg',
  dockerConfigJson: 'kubernetes.io/dockerconfigjson',
  basicAuth: 'kubernetes.io/basic-auth',
  sshAuth: 'kubernetes.io/ssh-auth',
  tls: 'kubernetes.io/tls',
} as const

/** Annotations that tie a token Secret to its account. */
export const serviceAccountNameAnnotation = 'kubernetes.io/service-account.name'
export const serviceAccountUidAnnotation = 'kubernetes.io/service-account.uid'

const again = metadataAgain({ namespaced: true })

function validate(secret: Secret): FieldError[] {
  const { data } = secret
  const errors = keyErrors(data, 'data')
  const size = Object.values(data ?? {}).reduce((sum, v) => sum + decodedSize(v), 0)
  if (size > dataBytesMax) errors.push(tooLong('data', dataBytesMax))
  return [...errors, ...typeErrors(secret)]
}

function typeErrors({ type, data, metadata }: Secret): FieldError[] {
  const missing = (...keys: string[]) =>
    keys.filter((k) => !data || !Object.hasOwn(data, k)).map((k) => required(`data[${k}]`))
  switch (type) {
    case secretTypes.serviceAccountToken:
      return metadata.annotations?.[serviceAccountNameAnnotation]
        ? []
        : [required(`metadata.annotations[${serviceAccountNameAnnotation}]`)]
    case secretTypes.dockercfg:
      return jsonErrors(data, '.dockercfg')
    case secretTypes.dockerConfigJson:
      return jsonErrors(data, '.dockerconfigjson')
    case secretTypes.basicAuth: {
      const absent = missing('username', 'password')
      return absent.length === 2 ? absent : []
    }
    case secretTypes.sshAuth:
      return data?.['ssh-privatekey'] ? [] : [required('data[ssh-privatekey]')]
    case secretTypes.tls:
      return missing('tls.crt', 'tls.key')
    default:
      return []
  }
}

/** The value must be a JSON object; what it holds instead is never shown. */
function jsonErrors(data: DataMap, key: string): FieldError[] {
  const path = `data[${key}]`
  const value = data?.[key]
  if (value === undefined) return [required(path)]
  const redacted = (why: string) => [invalidValue(path, '<secret contents redacted>', why)]
  try {
    const parsed = parseJson(Buffer.from(value, 'base64')).value
    if (parsed === null || (typeof parsed === 'object' && !Array.isArray(parsed))) return []
    return redacted(
      `json: cannot unmarshal ${Array.isArray(parsed) ? 'array' : typeof parsed} into Go value of type map[string]interface {}`,
    )
  } catch (error) {
    if (error instanceof JsonSyntaxError) return redacted(error.message)
    throw error
  }
}

/** What keeps a pair from being used by a server; it is stored all the same. Source: secret/strategy.go, warningsForSecret. */
function tlsWarnings({ type, data }: Secret): string[] {
  if (type !== secretTypes.tls) return []
  const pem = (key: string) => Buffer.from(data?.[key] ?? '', 'base64').toString()
  const missing = (what: string) => [`tls: failed to find any PEM data in ${what} input`]
  if (!pem('tls.crt').includes('-----BEGIN ')) return missing('certificate')
  if (!pem('tls.key').includes('-----BEGIN ')) return missing('key')
  return []
}

/** stringData is written, never read: it becomes data. */
function merged(secret: Secret): Secret {
  const { stringData, ...rest } = secret
  const type = rest.type || secretTypes.opaque
  if (!stringData) return { ...secret, type }
  const encoded = Object.fromEntries(Object.entries(stringData).map(([k, v]) => [k, Buffer.from(v).toString('base64')]))
  return { ...rest, data: { ...rest.data, ...encoded }, type }
}

export const secrets = defineResource<Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  namespaced: true,
  confidential: true,
  schema: SecretSchema,
  defaults: merged,
  // A client that leaves the type out keeps the one that is there.
  prepareForUpdate: (next, old) => (next.type ? next : { ...next, type: old.type }),
  validate,
  validateUpdate: (next, old) => [
    ...(next.type === old.type ? [] : [invalidValue('type', next.type ?? '', 'field is immutable')]),
    ...immutableErrors(next, old, ['data']),
    ...again(next),
    ...validate(next),
  ],
  warnings: tlsWarnings,
  columns: [
    nameColumn,
    { name: 'Type', type: 'string', description: 'What the data is for.', cell: ({ type }) => type ?? '' },
    {
      name: 'Data',
      type: 'string',
      description: 'Number of keys.',
      cell: ({ data }) => Object.keys(data ?? {}).length,
    },
    ageColumn,
  ],
  fields: { type: ({ type }) => type ?? '' },
})
