/**
 * What admission plug-ins see and may do. They run after authorization and around the registry's own checks.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/admission/interfaces.go
 */
import type { AnyResourceDefinition, KubeObject, UserInfo } from '@ensign/apimachinery'

export type Operation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'

export interface AdmissionAttributes {
  readonly operation: Operation
  readonly definition: AnyResourceDefinition
  /** Empty for the resource itself. */
  readonly subresource: string
  readonly namespace: string
  /** Empty on create with generateName. */
  readonly name: string
  readonly user: UserInfo
  readonly dryRun: boolean
  /** The object to be written; a mutating plug-in changes it in place. Absent on DELETE. */
  readonly object?: KubeObject
  /** What is stored now, on UPDATE and DELETE. */
  readonly old?: Readonly<KubeObject>
  /** Adds a `Warning` header to the answer. */
  warn(text: string): void
}

/** Refuses by throwing a StatusError. A plug-in that need not wait returns nothing, so that the common path stays synchronous. */
export interface AdmissionPlugin {
  /** Kubernetes' name of the plug-in, as in --enable-admission-plugins. */
  readonly name: string
  handles(attributes: AdmissionAttributes): boolean
  mutate?(attributes: AdmissionAttributes): void | Promise<void>
  validate?(attributes: AdmissionAttributes): void | Promise<void>
}

/** The plug-ins in their order, first all that mutate, later all that validate. */
export interface AdmissionChain {
  mutate(attributes: AdmissionAttributes): void | Promise<void>
  validate(attributes: AdmissionAttributes): void | Promise<void>
}

export function admissionChain(plugins: readonly AdmissionPlugin[]): AdmissionChain {
  return {
    mutate: (attributes) => inOrder(plugins, attributes, 'mutate'),
    validate: (attributes) => inOrder(plugins, attributes, 'validate'),
  }
}

function inOrder(
  plugins: readonly AdmissionPlugin[],
  attributes: AdmissionAttributes,
  phase: 'mutate' | 'validate',
  from = 0,
): void | Promise<void> {
  for (let i = from; i < plugins.length; i++) {
    const plugin = plugins[i] as AdmissionPlugin
    if (!plugin[phase] || !plugin.handles(attributes)) continue
    const waiting = plugin[phase](attributes)
    if (waiting) return waiting.then(() => inOrder(plugins, attributes, phase, i + 1))
  }
}
