/**
 * What can be asked of a pod beside what is stored of it.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/storage/storage.go, pkg/registry/core/pod/rest/{log,subresources}.go
 */
import type { ActionSubresource, Verb } from '@ensign/apimachinery'
import {
  PodAttachOptionsSchema,
  PodExecOptionsSchema,
  PodLogOptionsSchema,
  PodPortForwardOptionsSchema,
  PodProxyOptionsSchema,
} from '../../generated/core-v1.ts'
import { EvictionSchema } from '../../generated/policy-v1.ts'
import { connection, proxying } from './connections.ts'

export const eviction: ActionSubresource = {
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  schema: EvictionSchema,
  olderVersions: ['v1beta1'],
  verbs: ['create'],
}

/** GET is for browsers, which open WebSockets with it. */
const stream: readonly Verb[] = ['create', 'get']

export const log = connection('Pod', PodLogOptionsSchema, ['get'])
export const attach = connection('PodAttachOptions', PodAttachOptionsSchema, stream)
export const exec = connection('PodExecOptions', PodExecOptionsSchema, stream)
export const portForward = connection('PodPortForwardOptions', PodPortForwardOptionsSchema, stream)
export const proxy = proxying('PodProxyOptions', PodProxyOptionsSchema)
