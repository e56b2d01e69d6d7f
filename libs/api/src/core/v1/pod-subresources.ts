/**
 * What can be asked of a pod beside what is stored of it.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/storage/storage.go, pkg/registry/core/pod/rest/{log,subresources}.go
 */
import type { ActionSubresource, ConnectSubresource, MessageSchema, Verb } from '@ensign/apimachinery'
import {
  PodAttachOptionsSchema,
  PodExecOptionsSchema,
  PodLogOptionsSchema,
  PodPortForwardOptionsSchema,
  PodProxyOptionsSchema,
} from '../../generated/core-v1.ts'
import { EvictionSchema } from '../../generated/policy-v1.ts'

export const eviction: ActionSubresource = {
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  schema: EvictionSchema,
  olderVersions: ['v1beta1'],
  verbs: ['create'],
}

const connection = (kind: string, options: MessageSchema, verbs: readonly Verb[]): ConnectSubresource => ({
  group: '',
  version: 'v1',
  kind,
  options,
  verbs,
})

/** GET is for browsers, which open WebSockets with it. */
const stream: readonly Verb[] = ['create', 'get']

export const log = connection('Pod', PodLogOptionsSchema, ['get'])
export const attach = connection('PodAttachOptions', PodAttachOptionsSchema, stream)
export const exec = connection('PodExecOptions', PodExecOptionsSchema, stream)
export const portForward = connection('PodPortForwardOptions', PodPortForwardOptionsSchema, stream)
export const proxy: ConnectSubresource = {
  ...connection('PodProxyOptions', PodProxyOptionsSchema, ['create', 'delete', 'get', 'patch', 'update']),
  anyPath: true,
}
