import type { DeleteOptions, KubeObject } from '@ensign/apimachinery'
import type { ApiClient, ApplyOptions, PatchType, ResourceRef } from './api-client.ts'

/** One kind, typed. `namespace` is empty for cluster-scoped objects. */
export interface ResourceClient<T extends KubeObject> {
  get(namespace: string, name: string): Promise<T>
  create(namespace: string, object: Partial<T>): Promise<T>
  /** Where `object` is, or what `subresource` makes of it. */
  update(object: T, subresource?: string): Promise<T>
  patch(namespace: string, name: string, contentType: PatchType, patch: object): Promise<T>
  /** Server-side apply. An object that is not there is made, unless `object` has a uid: then it is a Conflict. */
  apply(object: Partial<T>, options: ApplyOptions): Promise<T>
  delete(namespace: string, name: string, options?: DeleteOptions): Promise<void>
}

/** The methods of {@link ApiClient} for one kind. The caller vouches for `T` being what the resource holds. */
export function resourceClient<T extends KubeObject>(api: ApiClient, ref: ResourceRef): ResourceClient<T> {
  const target = (namespace: string, name?: string, subresource?: string) => ({
    ...ref,
    ...(namespace && { namespace }),
    ...(name && { name }),
    ...(subresource && { subresource }),
  })
  return {
    get: async (namespace, name) => (await api.get(target(namespace, name))) as T,
    create: async (namespace, object) => (await api.create(target(namespace), object)) as T,
    update: async (object, subresource) => {
      const { namespace = '', name } = object.metadata
      return (await api.update(target(namespace, name, subresource), object)) as T
    },
    patch: async (namespace, name, contentType, patch) =>
      (await api.patch(target(namespace, name), contentType, patch)) as T,
    apply: async (object, options) => {
      const { namespace = '', name } = object.metadata ?? {}
      return (await api.apply(target(namespace, name), object, options)) as T
    },
    delete: async (namespace, name, options) => {
      await api.delete(target(namespace, name), options)
    },
  }
}
