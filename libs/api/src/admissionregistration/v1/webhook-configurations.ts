/**
 * The configurations of admission webhooks, as objects.
 * Source: kubernetes/kubernetes pkg/registry/admissionregistration/{mutating,validating}webhookconfiguration/strategy.go,
 * pkg/apis/admissionregistration/v1/defaults.go
 */
import { type Column, defineResource, type KubeObject, semanticEqual } from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import {
  type MutatingWebhookConfiguration,
  MutatingWebhookConfigurationSchema,
  type ValidatingWebhookConfiguration,
  ValidatingWebhookConfigurationSchema,
} from '../../generated/admissionregistration-v1.ts'
import { metadataAgain } from '../../metadata-again.ts'
import { validateWebhooks, type Webhook } from './webhook-validation.ts'

interface WebhookConfiguration extends KubeObject {
  webhooks?: ValidatingWebhookConfiguration['webhooks'] | MutatingWebhookConfiguration['webhooks']
}
const metadata = metadataAgain({ namespaced: false })

/** Seconds. Source: defaults.go */
const timeoutSeconds = 10

const staticSuffix = '.static.k8s.io'

/** A configuration that looks as if it kept something out, and does not, is worse than none. */
const notCalledWarning =
  'webhooks: Ensign stores webhook configurations but calls no webhook yet: nothing is admitted or refused by this one'

const common = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  categories: ['api-extensions'],
  namespaced: false,
  unconditionalUpdate: false,
  validate: ({ webhooks }: WebhookConfiguration) => validateWebhooks(webhooks),
  validateUpdate: (next: WebhookConfiguration, old: WebhookConfiguration) => [
    ...metadata(next),
    ...validateWebhooks(next.webhooks, old.webhooks ?? []),
  ],
  warnings: ({ metadata: { name }, webhooks = [] }: WebhookConfiguration) => [
    ...(name?.endsWith(staticSuffix)
      ? [
          `metadata.name: names ending with "${staticSuffix}" are reserved for static manifest-based configurations and cannot be managed via the API`,
        ]
      : []),
    ...(webhooks.length > 0 ? [notCalledWarning] : []),
  ],
  specChanged: (next: WebhookConfiguration, old: WebhookConfiguration) =>
    // Not by their texts: what is filled in stands behind what was sent.
    !semanticEqual(next.webhooks, old.webhooks),
  columns: [
    nameColumn,
    {
      name: 'Webhooks',
      type: 'integer',
      description: 'Number of webhooks.',
      cell: ({ webhooks }) => webhooks?.length ?? 0,
    } satisfies Column<WebhookConfiguration>,
    ageColumn,
  ],
} as const

function withWebhookDefaults<W extends Webhook>(webhook: W): W {
  return {
    ...webhook,
    failurePolicy: webhook.failurePolicy ?? 'Fail',
    matchPolicy: webhook.matchPolicy ?? 'Equivalent',
    namespaceSelector: webhook.namespaceSelector ?? {},
    objectSelector: webhook.objectSelector ?? {},
    timeoutSeconds: webhook.timeoutSeconds ?? timeoutSeconds,
    ...(webhook.rules && { rules: webhook.rules.map((r) => ({ ...r, scope: r.scope ?? '*' })) }),
    ...(webhook.clientConfig?.service && {
      clientConfig: {
        ...webhook.clientConfig,
        service: { ...webhook.clientConfig.service, port: webhook.clientConfig.service.port ?? 443 },
      },
    }),
  }
}

export const validatingWebhookConfigurations = defineResource<ValidatingWebhookConfiguration>({
  ...common,
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
  singular: 'validatingwebhookconfiguration',
  schema: ValidatingWebhookConfigurationSchema,
  defaults: (object) => ({ ...object, ...(object.webhooks && { webhooks: object.webhooks.map(withWebhookDefaults) }) }),
})

export const mutatingWebhookConfigurations = defineResource<MutatingWebhookConfiguration>({
  ...common,
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
  singular: 'mutatingwebhookconfiguration',
  schema: MutatingWebhookConfigurationSchema,
  defaults: (object) => ({
    ...object,
    ...(object.webhooks && {
      webhooks: object.webhooks.map((w) => ({
        ...withWebhookDefaults(w),
        reinvocationPolicy: w.reinvocationPolicy ?? 'Never',
      })),
    }),
  }),
})
