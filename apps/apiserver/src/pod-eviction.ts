/**
 * pods/eviction: deletes a pod unless that is against a disruption budget. There are no budgets here, so nothing is against it.
 * Source: kubernetes/kubernetes pkg/registry/core/pod/storage/eviction.go
 */
import type { Eviction, Pod } from '@ensign/api'
import { badRequest, invalid, invalidValue, type KubeObject } from '@ensign/apimachinery'
import { type ActionHandler, checkDeleteOptions, done } from '@ensign/endpoints'
import { checkPreconditions, type DeleteRequest, type RequestContext, timestamp } from '@ensign/registry'
import type { Objects } from './objects.ts'

export function evictionAction(objects: Objects): ActionHandler {
  const pods = objects.core('pods')

  return async ({ object, namespace, name, context, validate }) => {
    const { metadata, deleteOptions = {} } = object as unknown as Eviction
    if (name !== metadata.name) throw badRequest('name in URL does not match name in Eviction object')
    if (deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential) {
      const why = 'can not be set for pod eviction, try after removing the option'
      const member = 'deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential'
      throw invalid('policy', 'Eviction', name, [invalidValue(member, true, why)])
    }
    await validate(object)
    checkDeleteOptions(deleteOptions)
    const dryRun = context.dryRun || (deleteOptions.dryRun?.length ?? 0) > 0
    await evict(namespace, name, deleteOptions as DeleteRequest, { ...context, dryRun })
    return done()
  }

  async function evict(
    namespace: string,
    name: string,
    request: DeleteRequest,
    context: RequestContext,
  ): Promise<void> {
    // Whoever watches the pod learns why it goes.
    const marked = context.dryRun ? undefined : await mark(namespace, name, request, context)
    const { preconditions } = request
    const changed = marked && preconditions?.resourceVersion !== undefined
    const version = changed ? { resourceVersion: marked.metadata.resourceVersion ?? '' } : {}
    const deletion = { ...request, ...(preconditions && { preconditions: { ...preconditions, ...version } }) }
    await pods.delete(namespace, name, deletion, { ...context, subresource: '' })
  }

  async function mark(
    namespace: string,
    name: string,
    { preconditions = {} }: DeleteRequest,
    context: RequestContext,
  ): Promise<Readonly<KubeObject>> {
    const transform = (old: Readonly<KubeObject>): KubeObject => {
      checkPreconditions(preconditions, old, pods.definition)
      return disrupted(structuredClone(old) as Pod, context.now)
    }
    const { object } = await pods.update(namespace, name, transform, { ...context, subresource: 'status' })
    return object.object
  }
}

function disrupted(pod: Pod, now: number): Pod {
  const type = 'DisruptionTarget'
  const conditions = pod.status.conditions ?? []
  const known = conditions.find((condition) => condition.type === type)
  const condition = {
    type,
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: known?.status === 'True' ? known.lastTransitionTime : timestamp(now),
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  }
  const next = known ? conditions.map((c) => (c === known ? condition : c)) : [...conditions, condition]
  return { ...pod, status: { ...pod.status, conditions: next } }
}
