/**
 * Lease, who leads and until when.
 * Source: kubernetes/kubernetes pkg/registry/coordination/lease/strategy.go, pkg/apis/coordination/validation/validation.go
 */
import { defineResource, type FieldError, forbiddenField, invalidValue } from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import { type Lease, LeaseSchema } from '../../generated/coordination-v1.ts'

function validate({ spec }: Lease): FieldError[] {
  const errors: FieldError[] = []
  const { leaseDurationSeconds, leaseTransitions, preferredHolder, strategy } = spec ?? {}
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.push(invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'))
  }
  if (leaseTransitions !== undefined && leaseTransitions < 0) {
    errors.push(invalidValue('spec.leaseTransitions', leaseTransitions, 'must be greater than or equal to 0'))
  }
  if (preferredHolder && !strategy)
    errors.push(forbiddenField('spec.preferredHolder', 'may only be specified if `strategy` is defined'))
  return errors
}

export const leases = defineResource<Lease>({
  group: 'coordination.k8s.io',
  version: 'v1',
  kind: 'Lease',
  plural: 'leases',
  singular: 'lease',
  namespaced: true,
  schema: LeaseSchema,
  createOnUpdate: true,
  unconditionalUpdate: false,
  validate,
  validateUpdate: validate,
  columns: [
    nameColumn,
    {
      name: 'Holder',
      type: 'string',
      description: 'Who holds the lease.',
      cell: ({ spec }) => spec?.holderIdentity ?? '',
    },
    ageColumn,
  ],
})
