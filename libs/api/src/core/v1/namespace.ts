/**
 * Namespace, what other objects live in and end with.
 * Source: kubernetes/kubernetes pkg/registry/core/namespace/strategy.go, storage/storage.go,
 * pkg/apis/core/validation/validation.go (ValidateNamespace and its updates), pkg/apis/core/v1/defaults.go.
 */
import {
  allVerbs,
  defineResource,
  type FieldError,
  invalidValue,
  isDns1123Label,
  validateFinalizerName,
} from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import { type Namespace, NamespaceSchema } from '../../generated/core-v1.ts'
import { metadataAgain } from '../../metadata-again.ts'

const nameLabel = 'kubernetes.io/metadata.name'
const kubernetesFinalizer = 'kubernetes'

/** Every namespace carries its name as a label, so that selectors can name it. */
function labelled(namespace: Namespace): Namespace {
  const { metadata } = namespace
  if (metadata.name) metadata.labels = { ...metadata.labels, [nameLabel]: metadata.name }
  return namespace
}

export const namespaces = defineResource<Namespace>({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  plural: 'namespaces',
  singular: 'namespace',
  shortNames: ['ns'],
  namespaced: false,
  nameRule: isDns1123Label,
  schema: NamespaceSchema,
  // Each must be deleted by its name.
  verbs: allVerbs.filter((v) => v !== 'deletecollection'),

  defaults: labelled,
  canonicalize: labelled,
  answersDeletedObject: true,
  deletedInStages: true,
  prepareForCreate: (namespace) => {
    const finalizers = namespace.spec?.finalizers ?? []
    return {
      ...namespace,
      spec: {
        finalizers: finalizers.includes(kubernetesFinalizer) ? finalizers : [...finalizers, kubernetesFinalizer],
      },
      status: { phase: 'Active' },
    }
  },
  prepareForUpdate: (next, old) => ({ ...next, spec: old.spec, status: old.status }),
  resetFields: ['status'],
  validateUpdate: metadataAgain({ namespaced: false, nameRule: isDns1123Label }),
  validate: ({ spec }) => (spec.finalizers ?? []).flatMap((f) => validateFinalizerName(f, 'spec.finalizers')),

  markDeleted: (namespace) => ({ ...namespace, status: { ...namespace.status, phase: 'Terminating' } }),
  readyToRemove: ({ spec }) => !spec?.finalizers?.length,

  columns: [
    nameColumn,
    {
      name: 'Status',
      type: 'string',
      description: 'Active, or Terminating while its content is being deleted.',
      cell: ({ status }) => status?.phase ?? '',
    },
    ageColumn,
  ],
  fields: { 'status.phase': ({ status }) => status?.phase ?? '' },

  subresources: {
    status: {
      verbs: ['get', 'patch', 'update'],
      prepareForUpdate: (next, old) => ({ ...next, spec: old.spec }),
      resetFields: ['spec'],
      validateUpdate: ({ metadata, status }) => phaseErrors(metadata.deletionTimestamp !== undefined, status?.phase),
    },
    finalize: {
      verbs: ['update'],
      prepareForUpdate: (next, old) => ({ ...next, status: old.status }),
      resetFields: ['status'],
      validateUpdate: ({ spec }) =>
        (spec?.finalizers ?? []).flatMap((f, i) => validateFinalizerName(f, `spec.finalizers[${i}]`)),
    },
  },
})

function phaseErrors(deleting: boolean, phase: string | undefined): FieldError[] {
  const only = deleting ? 'Terminating' : 'Active'
  if (phase === only) return []
  return [
    invalidValue(
      'status.Phase',
      phase ?? '',
      `may only be '${only}' if \`deletionTimestamp\` is ${deleting ? 'not ' : ''}empty`,
    ),
  ]
}
