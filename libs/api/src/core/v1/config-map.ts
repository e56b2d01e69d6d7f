/**
 * ConfigMap, settings and files that are no secret.
 * Source: kubernetes/kubernetes pkg/registry/core/configmap/strategy.go, pkg/apis/core/validation/validation.go
 */
import { defineResource, type FieldError, invalidValue, tooLong } from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import { dataBytesMax, decodedSize, immutableErrors, keyErrors } from '../../data-map.ts'
import { type ConfigMap, ConfigMapSchema } from '../../generated/core-v1.ts'
import { metadataAgain } from '../../metadata-again.ts'

const again = metadataAgain({ namespaced: true })

function validate({ data = {}, binaryData = {} }: ConfigMap): FieldError[] {
  const errors = [...keyErrors(data, 'data')]
  for (const key of Object.keys(data)) {
    if (Object.hasOwn(binaryData, key))
      errors.push(invalidValue(`data[${key}]`, key, 'duplicate of key present in binaryData'))
  }
  errors.push(...keyErrors(binaryData, 'binaryData'))
  const size =
    Object.values(data).reduce((sum, v) => sum + Buffer.byteLength(v), 0) +
    Object.values(binaryData).reduce((sum, v) => sum + decodedSize(v), 0)
  // The path is empty because the error is about the object as a whole; it prints as [].
  if (size > dataBytesMax) errors.push(tooLong('[]', dataBytesMax))
  return errors
}

export const configMaps = defineResource<ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  namespaced: true,
  schema: ConfigMapSchema,
  validate,
  validateUpdate: (next, old) => [
    ...immutableErrors(next, old, ['data', 'binaryData']),
    ...again(next),
    ...validate(next),
  ],
  columns: [
    nameColumn,
    {
      name: 'Data',
      type: 'string',
      description: 'Number of keys.',
      cell: ({ data, binaryData }) => Object.keys(data ?? {}).length + Object.keys(binaryData ?? {}).length,
    },
    ageColumn,
  ],
})
