/**
 * Pod, a workload and the identity it runs under. There is no scheduler and no kubelet here: pods are objects that
 * tokens are bound to.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/strategy.go, pkg/apis/core/v1/{defaults,conversion}.go
 */
import { defineResource, semanticEqual } from '@ensign/apimachinery'
import { ageColumn, nameColumn } from '../../columns.ts'
import { type Pod, PodSchema } from '../../generated/core-v1.ts'
import { podBinding } from './binding.ts'
import { podColumns, podRowConditions } from './pod-columns.ts'
import { terminationGracePeriodSeconds, withPodDefaults } from './pod-defaults.ts'
import { ephemeralContainers } from './pod-ephemeral-update.ts'
import { preparedPod } from './pod-prepare.ts'
import { resize } from './pod-resize.ts'
import { status } from './pod-status-update.ts'
import { attach, eviction, exec, log, portForward, proxy } from './pod-subresources.ts'
import { podUpdateErrors } from './pod-update.ts'
import { podErrors } from './pod-validation.ts'
import { podWarnings } from './pod-warnings.ts'

export const pods = defineResource<Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  plural: 'pods',
  singular: 'pod',
  shortNames: ['po'],
  categories: ['all'],
  namespaced: true,
  answersDeletedObject: true,
  schema: PodSchema,
  defaults: withPodDefaults,
  prepareForCreate: preparedPod,
  prepareForUpdate: (next, old) => ({ ...next, status: old.status }),
  resetFields: ['status'],
  validate: podErrors,
  validateUpdate: podUpdateErrors,
  // People seldom write to pods that are there, and those who do are many.
  warnings: (pod, old) => (old ? [] : podWarnings(pod)),
  specChanged: (next, old) => !semanticEqual(next.spec, old.spec),
  gracePeriodSeconds({ spec, status }, requested) {
    // Nobody has to stop what never ran or has ended.
    if (!spec.nodeName || status.phase === 'Failed' || status.phase === 'Succeeded') return 0
    return requested ?? spec.terminationGracePeriodSeconds ?? terminationGracePeriodSeconds
  },
  columns: [nameColumn, ...podColumns.slice(0, 3), ageColumn, ...podColumns.slice(3)],
  rowConditions: podRowConditions,
  fields: {
    'spec.nodeName': ({ spec }) => spec.nodeName ?? '',
    'spec.host': ({ spec }) => spec.nodeName ?? '',
    'spec.restartPolicy': ({ spec }) => spec.restartPolicy ?? '',
    'spec.schedulerName': ({ spec }) => spec.schedulerName ?? '',
    'spec.serviceAccountName': ({ spec }) => spec.serviceAccountName ?? '',
    'spec.hostNetwork': ({ spec }) => String(spec.hostNetwork ?? false),
    'status.phase': ({ status }) => status.phase ?? '',
    'status.podIP': ({ status }) => status.podIP ?? '',
    // Known as a label, but not among the fields that pods are selected by.
    'status.podIPs': () => '',
    'status.nominatedNodeName': ({ status }) => status.nominatedNodeName ?? '',
  },
  subresources: {
    attach,
    binding: podBinding,
    ephemeralcontainers: ephemeralContainers,
    eviction,
    exec,
    log,
    portforward: portForward,
    proxy,
    resize,
    status,
  },
})
