/**
 * RuntimeClass: a pod runs in a class that there is, and has the overhead of that class. RuntimeClasses are no objects here,
 * so there is none.
 * Source: kubernetes/kubernetes plugin/pkg/admission/runtimeclass/admission.go
 */
import type { KubeObject } from '@ensign/apimachinery'
import type { AdmissionPlugin } from './plugin.ts'
import { podRefusal } from './pod-refusal.ts'

interface ClassedPod extends KubeObject {
  spec: { runtimeClassName?: string; overhead?: object }
}

export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  handles: ({ operation, definition, subresource }) =>
    operation === 'CREATE' && definition.group === '' && definition.plural === 'pods' && subresource === '',

  mutate(attributes) {
    const { runtimeClassName } = (attributes.object as ClassedPod).spec
    if (runtimeClassName !== undefined)
      throw podRefusal(attributes, `pod rejected: RuntimeClass ${JSON.stringify(runtimeClassName)} not found`)
  },

  validate(attributes) {
    const { overhead } = (attributes.object as ClassedPod).spec
    if (Object.keys(overhead ?? {}).length > 0)
      throw podRefusal(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
  },
}
