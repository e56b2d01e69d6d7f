/**
 * ServiceAccount, the identity a workload speaks with.
 * Source: kubernetes/kubernetes pkg/registry/core/serviceaccount/strategy.go (hooks),
 * pkg/apis/core/validation/validation.go (ValidateServiceAccount), pkg/printers/internalversion/printers.go (columns).
 */
import { defineResource } from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import { TokenRequestSchema } from '../../generated/authentication-v1.ts'
import { type ServiceAccount, ServiceAccountSchema } from '../../generated/core-v1.ts'
import { metadataAgain } from '../../metadata-again.ts'

const mountableSecretsAnnotation = 'kubernetes.io/enforce-mountable-secrets'

/** Only the name of a secret reference is kept, as upstream's cleanSecretReferences does. */
function cleaned(account: ServiceAccount): ServiceAccount {
  if (account.secrets) account.secrets = account.secrets.map(({ name }) => (name ? { name } : {}))
  return account
}

export const serviceAccounts = defineResource<ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  plural: 'serviceaccounts',
  singular: 'serviceaccount',
  shortNames: ['sa'],
  namespaced: true,
  answersDeletedObject: true,
  schema: ServiceAccountSchema,

  prepareForCreate: cleaned,
  prepareForUpdate: cleaned,
  validateUpdate: metadataAgain({ namespaced: true }),
  warnings: ({ metadata }, old) =>
    metadata.annotations?.[mountableSecretsAnnotation] !== undefined &&
    old?.metadata.annotations?.[mountableSecretsAnnotation] === undefined
      ? [
          `metadata.annotations[${mountableSecretsAnnotation}]: deprecated in v1.32+; prefer separate namespaces to isolate access to mounted secrets`,
        ]
      : [],

  columns: [
    nameColumn,
    // Since 1.34 a real server leaves this column out; here it stays, see docs/compatibility.md.
    {
      name: 'Secrets',
      type: 'string',
      description: 'Number of Secrets that pods of this account may use.',
      cell: ({ secrets }) => secrets?.length ?? 0,
    },
    ageColumn,
  ],

  subresources: {
    token: {
      kind: 'TokenRequest',
      group: 'authentication.k8s.io',
      version: 'v1',
      schema: TokenRequestSchema,
      verbs: ['create'],
    },
  },
})
