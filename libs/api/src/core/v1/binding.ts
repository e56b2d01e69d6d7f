/**
 * Binding, the assignment of a pod to a node. Nothing is stored of it but what it makes of the pod.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/storage/storage.go (BindingREST, LegacyBindingREST)
 */
import { type ActionSubresource, defineResource } from '@ensign/apimachinery'
import { type Binding, BindingSchema } from '../../generated/core-v1.ts'

const kind = { group: '', version: 'v1', kind: 'Binding', schema: BindingSchema } as const

/** The old way, in which the binding's name is the pod's. */
export const bindings = defineResource<Binding>({
  ...kind,
  plural: 'bindings',
  singular: 'binding',
  namespaced: true,
  verbs: ['create'],
})

/** pods/binding. */
export const podBinding: ActionSubresource = { ...kind, verbs: ['create'] }
