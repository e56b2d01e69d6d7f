/**
 * What the garbage collector asks of the API server.
 * Source: kubernetes/kubernetes pkg/controller/garbagecollector/{operations,patch}.go
 */
import { isDeepStrictEqual } from 'node:util'
import { type ObjectMeta, type OwnerReference, StatusError } from '@ensign/apimachinery'
import { type ApiClient, type DiscoveredResource, ignore, type Target } from '@ensign/controller'
import type { Identity, Kind } from './garbage-collector-identity.ts'

export interface OwnedObjects {
  /** How a kind is served; undefined when it is not. */
  find(kind: Kind): Promise<DiscoveredResource | undefined>
  /** The object's metadata; undefined when there is none of that name. */
  read(resource: DiscoveredResource, identity: Identity): Promise<ObjectMeta | undefined>
  /** Where the object of a UID is when it is not where `identity` says. */
  readElsewhere(resource: DiscoveredResource, identity: Identity): Promise<ObjectMeta | undefined>
  /** Deletes exactly what `latest` describes; what has other owners by now is left alone (409). Tells whether it was there. */
  delete(resource: DiscoveredResource, latest: ObjectMeta, policy: PropagationPolicy): Promise<boolean>
  /** Writes other owners, if nobody has changed the object since `latest`. */
  setOwners(resource: DiscoveredResource, latest: ObjectMeta, owners: readonly OwnerReference[]): Promise<void>
  removeFinalizer(resource: DiscoveredResource, latest: ObjectMeta, finalizer: string): Promise<void>
}

export type PropagationPolicy = 'Orphan' | 'Foreground' | 'Background'

export function ownedObjects(client: ApiClient, discover: () => Promise<readonly DiscoveredResource[]>): OwnedObjects {
  const patch = async (resource: DiscoveredResource, latest: ObjectMeta, metadata: object) => {
    // The resourceVersion makes a merge patch as safe as an update.
    const change = { metadata: { ...metadata, resourceVersion: latest.resourceVersion } }
    await client
      .patch(targetOf(resource, latest), 'application/merge-patch+json', change)
      .catch((error: unknown) => ignore(error, 'NotFound'))
  }

  const objects: OwnedObjects = {
    async find({ apiVersion, kind }) {
      // `/v1` is the core group's version too. Source: apimachinery pkg/runtime/schema/group_version.go, ParseGroupVersion
      const meant = apiVersion.startsWith('/') ? apiVersion.slice(1) : apiVersion
      return (await discover()).find((served) => served.kind === kind && apiVersionOf(served) === meant)
    },
    async read(resource, identity) {
      const found = await client
        .get(targetOf(resource, identity), { metadataOnly: true })
        .catch((error: unknown) => ignore(error, 'NotFound'))
      return found?.metadata
    },
    async readElsewhere({ group, version, resource }, { name, uid }) {
      const options = { fieldSelector: `metadata.name=${name}`, metadataOnly: true }
      const { items } = await client.list({ group, version, resource }, options)
      return items.find(({ metadata }) => metadata.uid === uid)?.metadata
    },
    async delete(resource, latest, policy) {
      const { uid = '', resourceVersion = '' } = latest
      try {
        await client.delete(targetOf(resource, latest), {
          preconditions: { uid, ...(resourceVersion && { resourceVersion }) },
          propagationPolicy: policy,
        })
        return true
      } catch (error) {
        if (!(error instanceof StatusError)) throw error
        if (error.reason === 'NotFound') return false
        if (error.reason !== 'Conflict' || !resourceVersion) throw error
        const now = await client
          .get(targetOf(resource, latest), { metadataOnly: true })
          .catch((e: unknown) => ignore(e, 'NotFound'))
        if (!now) return false
        const isSame = now.metadata.uid === uid && now.metadata.resourceVersion !== resourceVersion
        // An object that changes all the time, though not its owners, must not escape for ever.
        if (!isSame || !isDeepStrictEqual(now.metadata.ownerReferences, latest.ownerReferences)) throw error
        return objects.delete(resource, { ...latest, resourceVersion: '' }, policy)
      }
    },
    setOwners: (resource, latest, owners) => patch(resource, latest, { ownerReferences: owners }),
    removeFinalizer: async (resource, latest, finalizer) => {
      const finalizers = latest.finalizers ?? []
      if (finalizers.includes(finalizer))
        await patch(resource, latest, { finalizers: finalizers.filter((f) => f !== finalizer) })
    },
  }
  return objects
}

export const apiVersionOf = ({ group, version }: { readonly group: string; readonly version: string }): string =>
  group ? `${group}/${version}` : version

const targetOf = (
  { group, version, resource, namespaced }: DiscoveredResource,
  { namespace, name }: { readonly namespace?: string; readonly name?: string },
): Target => ({
  group,
  version,
  resource,
  ...(namespaced && namespace && { namespace }),
  ...(name !== undefined && { name }),
})
