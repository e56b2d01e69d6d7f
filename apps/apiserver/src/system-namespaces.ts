/**
 * The namespaces that every plane has.
 * Source: kubernetes/kubernetes pkg/controlplane/controller/systemnamespaces/system_namespaces_controller.go
 */
import { namespaces } from '@ensign/api'
import type { Resource } from '@ensign/registry'
import { type KeptObject, newObject } from './kept-objects.ts'

const names = ['default', 'kube-node-lease', 'kube-public', 'kube-system']

export const systemNamespaces = (resource: Resource): KeptObject[] =>
  names.map((name) => ({
    resource,
    namespace: '',
    name,
    wanted: (old) => (old ? undefined : newObject(namespaces, { metadata: { name } })),
  }))
