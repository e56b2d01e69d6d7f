/**
 * Lease, who leads and until when.
 * Source: kubernetes/kubernetes pkg/registry/coordination/lease/strategy.go, pkg/apis/coordination/validation/validation.go
 */
import { defineResource, type FieldError, invalidValue, negative } from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import { type Lease, LeaseSchema } from '../../generated/coordination-v1.ts'

function validate({ spec }: Lease): FieldError[] {
  const errors: FieldError[] = []
  const { leaseDurationSeconds, leaseTransitions } = spec ?? {}
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0)
    errors.push(invalidValue('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'))
  return [...errors, ...negative('spec.leaseTransitions', leaseTransitions)]
}

/** Coordinated leader election, which is off unless a feature gate is on. */
function withoutStrategy(lease: Lease): Lease {
  if (!lease.spec) return lease
  const { strategy: _s, preferredHolder: _p, ...spec } = lease.spec
  return { ...lease, spec }
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
  prepareForCreate: withoutStrategy,
  prepareForUpdate: withoutStrategy,
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
