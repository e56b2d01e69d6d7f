import type { OwnerReference } from '@ensign/apimachinery'
import type { ApiClient } from '@ensign/controller'
import { resources } from '../resources.ts'
import { type Identity, textOf } from './garbage-collector-identity.ts'

const component = 'garbage-collector-controller'

/**
 * Tells in an Event that an owner reference is to an object of another namespace, which counts as none.
 * Source: pkg/controller/garbagecollector/graph_builder.go, reportInvalidNamespaceOwnerRef; client-go tools/record/event.go
 *
 * @param nowMs milliseconds since the epoch
 */
export async function reportForeignOwner(
  client: ApiClient,
  dependent: Identity,
  { apiVersion, kind, name, uid }: OwnerReference,
  nowMs: number,
): Promise<void> {
  const { namespace } = dependent
  const owner = textOf({ apiVersion, kind, name, uid, namespace })
  const now = `${new Date(nowMs).toISOString().slice(0, 19)}Z`
  // Events about what is in no namespace are in this one.
  const where = namespace || 'default'
  await client.create(
    { ...resources.events, namespace: where },
    {
      metadata: { name: `${dependent.name}.${(BigInt(nowMs) * 1_000_000n).toString(16)}`, namespace: where },
      involvedObject: { ...dependent },
      reason: 'OwnerRefInvalidNamespace',
      message: `ownerRef ${owner} does not exist in namespace "${namespace}"`,
      source: { component },
      firstTimestamp: now,
      lastTimestamp: now,
      count: 1,
      type: 'Warning',
      reportingComponent: component,
      reportingInstance: '',
    },
  )
}
