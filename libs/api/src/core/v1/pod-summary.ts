/**
 * A pod's state in a few words: how much of it is ready, what it is doing, how often it was restarted.
 * Source: kubernetes/kubernetes pkg/printers/internalversion/printers.go, printPod
 */
import type { ContainerStatus, Pod, PodStatus } from '../../generated/core-v1.ts'

export interface PodSummary {
  readonly ready: number
  readonly total: number
  readonly status: string
  readonly restarts: number
  /** When a container that was started again had ended last, RFC 3339; empty when none has. */
  readonly lastRestart: string
}

/** What has been counted so far. */
interface Count {
  ready: number
  restarts: number
  lastRestart: string
}

export function podSummary(pod: Pod): PodSummary {
  const { spec, status } = pod
  const sidecars = new Set((spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name))
  const starting: Count = { ready: 0, restarts: 0, lastRestart: '' }
  const ofSidecars: Count = { ready: 0, restarts: 0, lastRestart: '' }
  const startingReason = initReason(pod, sidecars, starting, ofSidecars)
  const isStarting = startingReason !== undefined && !hasCondition(status, 'Initialized')
  // Once everything has started, only what still runs is counted.
  const count: Count = isStarting ? starting : { ...ofSidecars, ready: starting.ready }
  const before = startingReason ?? phaseReason(status)
  const reason = isStarting ? before : containerReason(status, before, count)
  return {
    ...count,
    total: (spec.containers?.length ?? 0) + sidecars.size,
    status: deletionReason(pod) ?? reason,
  }
}

/** Whether the condition holds; the first one of its type counts. */
const hasCondition = ({ conditions }: PodStatus, type: string): boolean =>
  conditions?.find((c) => c.type === type)?.status === 'True'

function phaseReason({ phase = '', reason, conditions }: PodStatus): string {
  const isGated = conditions?.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')
  return isGated ? 'SchedulingGated' : reason || phase
}

function deletionReason({ metadata, status }: Pod): string | undefined {
  if (!metadata.deletionTimestamp) return undefined
  if (status.reason === 'NodeLost') return 'Unknown'
  return status.phase === 'Succeeded' || status.phase === 'Failed' ? undefined : 'Terminating'
}

function countRestarts({ restartCount = 0, lastState }: ContainerStatus, count: Count): void {
  count.restarts += restartCount
  const ended = lastState?.terminated?.finishedAt ?? ''
  if (ended > count.lastRestart) count.lastRestart = ended
}

/** What the first init container says that the others wait for; undefined when there is none. */
function initReason(
  { spec, status }: Pod,
  sidecars: ReadonlySet<string>,
  all: Count,
  ofSidecars: Count,
): string | undefined {
  for (const [i, container] of (status.initContainerStatuses ?? []).entries()) {
    const { terminated, waiting } = container.state ?? {}
    const isSidecar = sidecars.has(container.name)
    countRestarts(container, all)
    if (isSidecar) countRestarts(container, ofSidecars)
    if (terminated?.exitCode === 0) continue
    if (isSidecar && container.started) {
      if (container.ready) all.ready++
      continue
    }
    if (terminated) return `Init:${terminated.reason || endOf(terminated)}`
    if (waiting?.reason && waiting.reason !== 'PodInitializing') return `Init:${waiting.reason}`
    return `Init:${i}/${spec.initContainers?.length ?? 0}`
  }
  return undefined
}

const endOf = ({ signal, exitCode }: { signal?: number; exitCode: number }): string =>
  signal ? `Signal:${signal}` : `ExitCode:${exitCode}`

/** What the first container with something to say says. */
function containerReason(status: PodStatus, before: string, count: Count): string {
  let reason = before
  let failure = ''
  let isRunning = false
  for (const container of (status.containerStatuses ?? []).toReversed()) {
    const { waiting, terminated, running } = container.state ?? {}
    countRestarts(container, count)
    if (waiting?.reason) reason = waiting.reason
    else if (terminated) {
      reason = terminated.reason || endOf(terminated)
      if (terminated.exitCode !== 0) failure = reason
    } else if (container.ready && running) {
      isRunning = true
      count.ready++
    }
  }
  if (reason !== 'Completed') return reason
  if (isRunning && status.conditions?.some((c) => c.type === 'Ready' && c.status === 'True')) return 'Running'
  return failure || (isRunning ? 'NotReady' : reason)
}
