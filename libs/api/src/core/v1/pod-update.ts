/**
 * What of a pod may change once it is there.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePodUpdate
 */
import {
  type FieldError,
  forbiddenField,
  type Int64,
  invalidValue,
  outOfRange,
  required,
  semanticEqual,
  unifiedDiff,
} from '@ensign/apimachinery'
import type { Container, Pod, PodSchedulingGate, PodSpec, Toleration } from '../../generated/core-v1.ts'
import { gatedChange } from './pod-gated-update.ts'
import { mirrorAnnotation } from './pod-rules/mirror.ts'
import { appArmorPrefix } from './pod-rules/profiles.ts'
import { tolerationErrors } from './pod-rules/scheduling.ts'
import { podContentErrors } from './pod-validation.ts'

/** Seconds. */
const deadlineMax = 2 ** 31 - 1

const changeable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
].join(',')

export function podUpdateErrors(next: Pod, old: Pod): FieldError[] {
  const { spec } = next
  const errors = [...podContentErrors(next), ...annotationChangeErrors(next, old)]
  for (const member of ['containers', 'initContainers'] as const) {
    const now = spec[member] ?? []
    if (now.length !== (old.spec[member] ?? []).length)
      return [...errors, forbiddenField(`spec.${member}`, 'pod updates may not add or remove containers')]
    errors.push(...now.flatMap((container, i) => imageErrors(container, `spec.${member}[${i}].image`)))
  }
  const deadline = deadlineChange(spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds)
  errors.push(...deadline.errors)
  if (deadline.stops) return errors
  errors.push(...tolerationChangeErrors(spec.tolerations ?? [], old.spec.tolerations ?? []))
  errors.push(...gateChangeErrors(spec.schedulingGates ?? [], old.spec.schedulingGates ?? []))
  if (semanticEqual(spec, old.spec)) return errors

  const { spec: fixed, errors: gateErrors } = gatedChange(withoutChangeable(spec, old.spec), old.spec)
  errors.push(...gateErrors)
  if (!semanticEqual(fixed, old.spec)) {
    const difference = unifiedDiff(old.spec, fixed)
    errors.push(forbiddenField('spec', `pod updates may not change fields other than ${changeable}\n${difference}`))
  }
  return errors
}

/** Annotations that say how a pod was made stay as they were made. Source: ValidatePodSpecificAnnotationUpdates */
export function annotationChangeErrors({ metadata }: Pod, { metadata: before }: Pod): FieldError[] {
  const [next, old] = [metadata.annotations ?? {}, before.annotations ?? {}]
  const changed = Object.keys(old).filter((key) => next[key] !== old[key])
  const added = Object.keys(next).filter((key) => !(key in old))
  const refuse = (keys: readonly string[], what: string) =>
    keys.flatMap((key) => {
      const path = `metadata.annotations[${key}]`
      const found: FieldError[] = []
      if (key.startsWith(appArmorPrefix)) found.push(forbiddenField(path, `may not ${what} AppArmor annotations`))
      if (key === mirrorAnnotation) found.push(forbiddenField(path, `may not ${what} mirror pod annotation`))
      return found
    })
  return [...refuse(changed, 'remove or update'), ...refuse(added, 'add')]
}

function imageErrors({ image = '' }: Container, path: string): FieldError[] {
  if (image === '') return [required(path)]
  return image.trim() === image ? [] : [invalidValue(path, image, 'must not have leading or trailing whitespace')]
}

/** A deadline may be set and come nearer. */
function deadlineChange(next: Int64 | undefined, old: Int64 | undefined): { errors: FieldError[]; stops: boolean } {
  const path = 'spec.activeDeadlineSeconds'
  if (next === undefined) {
    const removed = invalidValue(path, null, 'must not update from a positive integer to nil value')
    return { errors: old === undefined ? [] : [removed], stops: false }
  }
  const errors = outOfRange(path, next, 0, deadlineMax)
  if (errors.length === 0 && old !== undefined && old < next)
    errors.push(invalidValue(path, next, 'must be less than or equal to previous value'))
  return { errors, stops: errors.length > 0 }
}

function tolerationChangeErrors(next: readonly Toleration[], old: readonly Toleration[]): FieldError[] {
  const there = new Set(next.map(withoutSeconds))
  const kept = old.every((before) => there.has(withoutSeconds(before)))
  const why = 'existing toleration can not be modified except its tolerationSeconds'
  return kept ? tolerationErrors([...next]) : [forbiddenField('spec.tolerations', why)]
}

/** What of a toleration may not change, as one text. */
const withoutSeconds = ({ key, operator, value, effect }: Toleration): string =>
  JSON.stringify([key ?? '', operator ?? '', value ?? '', effect ?? ''])

function gateChangeErrors(next: readonly PodSchedulingGate[], old: readonly PodSchedulingGate[]): FieldError[] {
  const before = new Set(old.map(({ name }) => name))
  return next.flatMap(({ name }, i) => {
    const why = `only deletion is allowed, but found new scheduling gate '${name}'`
    return before.has(name) ? [] : [forbiddenField(`spec.schedulingGates[${i}].name`, why)]
  })
}

/** The new spec with everything as it was that may change or was checked before. */
function withoutChangeable(next: PodSpec, old: PodSpec): PodSpec {
  const image = (containers: Container[] | null | undefined, before: Container[] | null | undefined) =>
    containers?.map((container, i) => ({ ...container, image: before?.[i]?.image }) as Container)
  const wasNegative = (old.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1
  return {
    ...next,
    containers: image(next.containers, old.containers) ?? [],
    initContainers: image(next.initContainers, old.initContainers),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    schedulingGates: old.schedulingGates,
    tolerations: old.tolerations,
    ...(wasNegative && { terminationGracePeriodSeconds: old.terminationGracePeriodSeconds }),
  } as PodSpec
}
