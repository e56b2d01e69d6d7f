/**
 * PATCH by server-side apply.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go, applyPatcher
 */
import {
  type AnyResourceDefinition,
  apiVersionOf,
  applyConfiguration,
  badRequest,
  conflict,
  decodeJson,
  fieldFilter,
  goKindOf,
  JsonDecodeError,
  type KubeObject,
  StatusError,
} from '@ensign/apimachinery'
import { doorOf, type RequestContext, timestamp } from '@ensign/registry'
import type { FieldValidation } from './body.ts'
import type { Patch } from './patch.ts'
import { parseYamlDocument, type YamlDocument, YamlSyntaxError, yamlDuplicates } from './yaml-document.ts'

export interface ApplyRequest {
  readonly definition: AnyResourceDefinition
  readonly manager: string
  readonly force: boolean
  readonly validation: FieldValidation
  readonly context: RequestContext
}

export interface Application {
  readonly apply: Patch
  /** The object of that name, when there is none yet. */
  create(name: string): KubeObject
}

export function readApply(bytes: Uint8Array, request: ApplyRequest): Application {
  const document = documentOf(bytes)
  return {
    apply: (old) => applied(document, old, request),
    create(name) {
      const object = applied(document, undefined, request)
      const { group, plural } = request.definition
      const { uid } = object.metadata
      if (uid) {
        const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`
        throw conflict({ group, resource: plural }, name, why)
      }
      delete object.metadata.resourceVersion
      return object
    },
  }
}

type Configuration = YamlDocument & { readonly value: Readonly<Record<string, unknown>> }

function documentOf(bytes: Uint8Array): Configuration {
  try {
    const { value, duplicates } = parseYamlDocument(Buffer.from(bytes).toString())
    if (value === null || value === undefined) return { value: {}, duplicates }
    if (typeof value === 'object' && !Array.isArray(value)) return { value: { ...value }, duplicates }
    throw badRequest(
      `error decoding YAML: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal ${goKindOf(value)} into Go value of type map[string]interface {}`,
    )
  } catch (error) {
    if (!(error instanceof YamlSyntaxError)) throw error
    throw badRequest(`error decoding YAML: error converting YAML to JSON: yaml: ${error.message}`)
  }
}

function applied(
  { value: config, duplicates }: Configuration,
  live: Readonly<KubeObject> | undefined,
  { definition, manager, force, validation, context }: ApplyRequest,
): KubeObject {
  const { object, managedFields } = applyConfiguration({
    schema: definition.schema,
    otherVersions: definition.otherVersions,
    live,
    config,
    manager: { name: manager, apiVersion: apiVersionOf(definition), subresource: context.subresource },
    force,
    filter: fieldFilter(doorOf(definition, context.subresource)),
    now: timestamp(context.now),
  })
  reportDuplicates(duplicates, validation, context)
  const next = decoded(object ?? live ?? { metadata: {} }, definition)
  if (managedFields) next.metadata.managedFields = managedFields
  else delete next.metadata.managedFields
  return next
}

function reportDuplicates(duplicates: readonly string[], validation: FieldValidation, { warn }: RequestContext): void {
  if (validation === 'Ignore' || duplicates.length === 0) return
  if (validation === 'Strict')
    throw badRequest(`error strict decoding YAML: error converting YAML to JSON: ${yamlDuplicates(duplicates)}`)
  for (const line of duplicates) warn(line)
}

/** What the schema's types let through, but the kind does not: text that is no quantity, no base64, no time. */
function decoded(object: object, definition: AnyResourceDefinition): KubeObject {
  try {
    return decodeJson<KubeObject>(definition.schema, object)
  } catch (error) {
    if (!(error instanceof JsonDecodeError)) throw error
    const { name, namespace } = (object as KubeObject).metadata
    const version = apiVersionOf(definition)
    const kind = `${version.includes('/') ? '' : '/'}${version}, Kind=${definition.kind}`
    throw new StatusError(
      'Unknown',
      `failed to convert new object (${namespace ?? ''}/${name ?? ''}; ${kind}) to proper version: unable to convert unstructured object to ${kind}: ${error.message}`,
    )
  }
}
