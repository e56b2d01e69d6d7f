/**
 * How a pod's state reads in one line.
 * Source: kubernetes/kubernetes pkg/printers/internalversion/printers.go, printPod
 */
import type { Column, RowCondition } from '@ensign/apimachinery'
import type { Pod } from '../../generated/core-v1.ts'
import { podSummary } from './pod-summary.ts'

const column = (name: string, description: string, cell: Column<Pod>['cell'], priority = 0): Column<Pod> => ({
  name,
  type: 'string',
  description,
  cell,
  priority,
})

export const podColumns: readonly Column<Pod>[] = [
  column('Ready', 'Containers that are ready, of how many.', (pod) => {
    const { ready, total } = podSummary(pod)
    return `${ready}/${total}`
  }),
  column('Status', 'What the pod is doing.', (pod) => podSummary(pod).status),
  column('Restarts', 'How often containers were restarted, and when last.', (pod, at) => {
    const { restarts, lastRestart } = podSummary(pod)
    return restarts > 0 && lastRestart ? `${restarts} (${at.age(lastRestart)} ago)` : String(restarts)
  }),
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

function readinessGates({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const met = gates.filter((g) => status.conditions?.find((c) => c.type === g.conditionType)?.status === 'True')
  return `${met.length}/${gates.length}`
}
