/**
 * pods/binding, and bindings of old: a scheduler gives a pod its node.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/storage/storage.go (BindingREST),
 * pkg/apis/core/validation/validation.go (ValidatePodBinding)
 */
import type { Binding, Pod } from '@ensign/api'
import {
  badRequest,
  conflict,
  type FieldError,
  fieldErrorBody,
  type KubeObject,
  notSupported,
  required,
  StatusError,
} from '@ensign/apimachinery'
import { type ActionHandler, done } from '@ensign/endpoints'
import { timestamp } from '@ensign/registry'
import type { Objects } from './objects.ts'

const resource = { group: '', resource: 'pods/binding' }

export function bindingAction(objects: Objects): ActionHandler {
  const pods = objects.core('pods')
  return async ({ object, namespace, name, context, validate }) => {
    const binding = object as unknown as Binding
    const podName = binding.metadata.name ?? ''
    if (name && name !== podName) throw badRequest('name in URL does not match name in Binding object')
    const errors = bindingErrors(binding)
    // Upstream does not call these invalid.
    if (errors.length > 0) throw new StatusError('Unknown', aggregate(errors))
    await validate(object)
    const { uid, resourceVersion } = binding.metadata
    const stale = (what: string, wanted: string, found: string | undefined) =>
      conflict(
        { group: '', resource: 'pods' },
        podName,
        `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${found}`,
      )
    const bind = (old: Readonly<KubeObject>): KubeObject => {
      if (uid && uid !== old.metadata.uid) throw stale('UID', uid, old.metadata.uid)
      if (resourceVersion && resourceVersion !== old.metadata.resourceVersion)
        throw stale('ResourceVersion', resourceVersion, old.metadata.resourceVersion)
      const pod = structuredClone(old) as Pod
      const problem = bindingProblem(pod)
      if (problem) throw conflict(resource, podName, problem)
      return bound(pod, binding, context.now)
    }
    await pods.amend(namespace, podName, bind, context)
    return done()
  }
}

function bindingErrors({ target }: Binding): FieldError[] {
  const errors: FieldError[] = []
  const { kind, name } = target ?? {}
  if (kind && kind !== 'Node') errors.push(notSupported('target.kind', kind, ['Node', '<empty>']))
  if (!name) errors.push(required('target.name'))
  return errors
}

/** Several errors as one text. Source: apimachinery pkg/util/errors/errors.go, aggregate.Error */
function aggregate(errors: readonly FieldError[]): string {
  const texts = errors.map((error) => `${error.field}: ${fieldErrorBody(error)}`)
  return texts.length === 1 ? (texts[0] as string) : `[${texts.join(', ')}]`
}

function bindingProblem({ metadata: { name, deletionTimestamp }, spec }: Pod): string | undefined {
  if (deletionTimestamp) return `pod ${name} is being deleted, cannot be assigned to a host`
  if (spec.nodeName) return `pod ${name} is already assigned to node ${JSON.stringify(spec.nodeName)}`
  return spec.schedulingGates?.length ? `pod ${name} has non-empty .spec.schedulingGates` : undefined
}

/** What a scheduler notes on the binding comes to stand on the pod. */
function bound(pod: Pod, { metadata: { annotations, labels }, target }: Binding, now: number): Pod {
  const { nominatedNodeName: _, conditions = [], ...status } = pod.status
  const known = conditions.find(({ type }) => type === 'PodScheduled')
  const since = known?.status === 'True' ? known.lastTransitionTime : timestamp(now)
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null, lastTransitionTime: since }
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(labels && { labels: { ...pod.metadata.labels, ...labels } }),
      ...(annotations && { annotations: { ...pod.metadata.annotations, ...annotations } }),
    },
    spec: { ...pod.spec, nodeName: target.name ?? '' },
    status: {
      ...status,
      conditions: known ? conditions.map((c) => (c === known ? scheduled : c)) : [...conditions, scheduled],
    },
  }
}
