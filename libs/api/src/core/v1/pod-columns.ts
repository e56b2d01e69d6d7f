/**
 * How a pod's state reads in one line.
 * Source: kubernetes/kubernetes pkg/printers/internalversion/printers.go, printPod
 */
import { ageOf, type Column, type RowCondition } from '@ensign/apimachinery'
import type { ContainerStatus, Pod } from '../../generated/core-v1.ts'

const column = (name: string, description: string, cell: Column<Pod>['cell'], priority = 0): Column<Pod> => ({
  name,
  type: 'string',
  description,
  cell,
  priority,
})

export const podColumns: readonly Column<Pod>[] = [
  column(
    'Ready',
    'Containers that are ready, of how many.',
    ({ spec, status }) =>
      `${(status.containerStatuses ?? []).filter((c) => c.ready && c.state?.running).length}/${spec.containers?.length ?? 0}`,
  ),
  column('Status', 'What the pod is doing.', podStatus),
  column('Restarts', 'How often containers were restarted, and when last.', restarts),
  column('IP', 'Address of the pod.', ({ status }) => status.podIPs?.[0]?.ip || status.podIP || '<none>', 1),
  column('Node', 'Where it runs.', ({ spec }) => spec.nodeName || '<none>', 1),
  column(
    'Nominated Node',
    'Where it may run once others have gone.',
    ({ status }) => status.nominatedNodeName || '<none>',
    1,
  ),
  column('Readiness Gates', 'Conditions beside its containers that are met, of how many.', readinessGates, 1),
]

export function podRowConditions({ status }: Pod): readonly RowCondition[] {
  if (status.phase === 'Succeeded')
    return [{ type: 'Completed', status: 'True', reason: 'Succeeded', message: 'The pod has completed successfully.' }]
  if (status.phase === 'Failed')
    return [{ type: 'Completed', status: 'True', reason: 'Failed', message: 'The pod failed.' }]
  return []
}

function podStatus(pod: Pod): string {
  const { status, metadata } = pod
  const finished = status.phase === 'Succeeded' || status.phase === 'Failed'
  if (metadata.deletionTimestamp && status.reason === 'NodeLost') return 'Unknown'
  if (metadata.deletionTimestamp && !finished) return 'Terminating'
  return initStatus(pod) ?? containerStatus(pod)
}

/** What the first init container that has not finished says; undefined when all have. */
function initStatus({ spec, status }: Pod): string | undefined {
  const statuses = status.initContainerStatuses ?? []
  for (const [i, container] of statuses.entries()) {
    const { terminated, waiting } = container.state ?? {}
    if (terminated?.exitCode === 0) continue
    const sidecar = spec.initContainers?.find((c) => c.name === container.name)?.restartPolicy === 'Always'
    if (sidecar && container.started) continue
    if (terminated) {
      if (terminated.reason) return `Init:${terminated.reason}`
      return terminated.signal ? `Init:Signal:${terminated.signal}` : `Init:ExitCode:${terminated.exitCode}`
    }
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`
    return `Init:${i}/${spec.initContainers?.length ?? 0}`
  }
  return undefined
}

function containerStatus({ status }: Pod): string {
  const gated = status.conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')
  let reason = gated ? 'SchedulingGated' : status.reason || status.phase || ''
  let running = false
  for (const { state, ready } of [...(status.containerStatuses ?? [])].reverse()) {
    if (state?.waiting?.reason) reason = state.waiting.reason
    else if (state?.terminated?.reason) reason = state.terminated.reason
    else if (state?.terminated)
      reason = state.terminated.signal ? `Signal:${state.terminated.signal}` : `ExitCode:${state.terminated.exitCode}`
    else if (ready && state?.running) running = true
  }
  if (reason !== 'Completed' || !running) return reason
  return status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ? 'Running' : 'NotReady'
}

function restarts({ status }: Pod, now: number): string {
  const statuses: readonly ContainerStatus[] = status.containerStatuses ?? []
  const count = statuses.reduce((sum, c) => sum + (c.restartCount ?? 0), 0)
  const last = statuses
    .map((c) => c.lastState?.terminated?.finishedAt)
    .filter((t): t is string => Boolean(t))
    .sort()
    .at(-1)
  return count > 0 && last ? `${count} (${ageOf(last, now)} ago)` : String(count)
}

function readinessGates({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const met = gates.filter((g) => status.conditions?.some((c) => c.type === g.conditionType && c.status === 'True'))
  return `${met.length}/${gates.length}`
}
