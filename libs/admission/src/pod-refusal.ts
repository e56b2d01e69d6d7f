import { forbidden, type StatusError } from '@ensign/apimachinery'
import type { AdmissionAttributes } from './plugin.ts'

/**
 * Why a pod is not let in.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/admission/errors.go (NewForbidden, extractResourceName)
 */
export function podRefusal({ name, object }: AdmissionAttributes, why: string): StatusError {
  const shown = name || object?.metadata.name || object?.metadata.generateName || 'Unknown'
  return forbidden({ group: '', resource: 'pods' }, shown, why)
}
