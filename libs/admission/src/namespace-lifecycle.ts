/**
 * NamespaceLifecycle: nothing is created in a namespace that is missing or being deleted, and the namespaces that a plane
 * cannot do without are not deleted.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go
 */
import { forbidden, type KubeObject, notFound } from '@ensign/apimachinery'
import type { AdmissionAttributes, AdmissionPlugin } from './plugin.ts'

/** kube-node-lease can be deleted; it is made again. */
const immortal = new Set(['default', 'kube-system', 'kube-public'])
const namespaceResource = { group: '', resource: 'namespaces' }

export interface NamespaceLookup {
  /** From memory. */
  get(name: string): Readonly<KubeObject> | undefined
  /** Not older than this call. */
  getFresh(name: string): Promise<Readonly<KubeObject> | undefined>
}

export function namespaceLifecycle(namespaces: NamespaceLookup): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    handles: ({ operation, definition, namespace }) =>
      operation !== 'CONNECT' && (namespace !== '' || isNamespace(definition)),

    mutate(attributes) {
      const { operation, definition, namespace } = attributes
      if (operation !== 'CREATE' || !namespace || isNamespace(definition) || isAccessReview(attributes)) return
      const known = namespaces.get(namespace)
      // A namespace that is not there may have been made a moment ago by another apiserver.
      if (!known) return namespaces.getFresh(namespace).then((fresh) => check(attributes, fresh))
      check(attributes, known)
    },

    validate({ operation, definition, name }) {
      if (operation === 'DELETE' && isNamespace(definition) && immortal.has(name)) {
        throw forbidden(namespaceResource, name, 'this namespace may not be deleted')
      }
    },
  }
}

const isNamespace = ({ group, plural }: { group: string; plural: string }): boolean =>
  group === '' && plural === 'namespaces'

/** Whether somebody may do something in a namespace can be asked whatever becomes of it. */
const isAccessReview = ({ definition }: AdmissionAttributes): boolean =>
  definition.plural === 'localsubjectaccessreviews'

function check(
  { definition, namespace, name, object }: AdmissionAttributes,
  found: Readonly<KubeObject> | undefined,
): void {
  if (!found) throw notFound(namespaceResource, namespace)
  if (!found.metadata.deletionTimestamp) return
  const shown = name || object?.metadata.name || object?.metadata.generateName || 'Unknown'
  throw forbidden(
    { group: definition.group, resource: definition.plural },
    shown,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  )
}
