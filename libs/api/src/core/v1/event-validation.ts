/**
 * What an event must be. Events without an eventTime are of the old kind, of which little is asked; what is written
 * through events.k8s.io/v1 is checked closely. Fields are called by core/v1's names in both.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/events.go
 */
import { type FieldError, invalidValue, isLabelKey, jsonEqual, required } from '@ensign/apimachinery'
import type { Event, EventSource, ObjectReference } from '../../generated/core-v1.ts'

/** Bytes. */
const limits = { reportingInstance: 128, action: 128, reason: 128, message: 1024 }

const clusterNamespace = 'default'
const systemNamespace = 'kube-system'

/** What holds for every event. */
export function validateEvent(event: Event, reporterField = 'reportingComponent'): FieldError[] {
  return event.eventTime ? validateNew(event, reporterField) : validateOld(event)
}

const misplaced = (namespace: string): FieldError =>
  invalidValue('involvedObject.namespace', namespace, 'does not match event.namespace')

/** Events about what lives in no namespace are kept in `default`. */
function validateOld({ metadata, involvedObject: { namespace = '' } }: Event): FieldError[] {
  const expected = namespace || clusterNamespace
  return metadata.namespace === expected ? [] : [misplaced(namespace)]
}

function validateNew(event: Event, reporterField: string): FieldError[] {
  const { metadata, involvedObject, reportingComponent } = event
  const errors: FieldError[] = []
  if (!involvedObject.namespace && metadata.namespace !== clusterNamespace && metadata.namespace !== systemNamespace)
    errors.push(misplaced(''))
  if (!reportingComponent) errors.push(required(reporterField))
  for (const problem of isLabelKey(reportingComponent))
    errors.push(invalidValue(reporterField, reportingComponent, problem))
  for (const field of ['reportingInstance', 'action', 'reason'] as const) {
    if (!event[field]) errors.push(required(field))
    errors.push(...tooLongFor(field, event[field]))
  }
  return [...errors, ...tooLongFor('message', event.message)]
}

const tooLongFor = (field: keyof typeof limits, text = ''): FieldError[] =>
  Buffer.byteLength(text) > limits[field]
    ? [invalidValue(field, '', `can have at most ${limits[field]} characters`)]
    : []

/** What is asked beside that of a new event of events.k8s.io/v1. */
export function validateEventsEvent(event: Event): FieldError[] {
  const { eventTime, type = '', firstTimestamp, lastTimestamp, count, source } = event
  const errors = validateSeries(event)
  if (!eventTime) errors.push(required('eventTime'))
  if (type !== 'Normal' && type !== 'Warning') errors.push(invalidValue('type', '', `has invalid value: ${type}`))
  const old = { firstTimestamp, lastTimestamp, count, source: source.component || source.host }
  for (const [field, value] of Object.entries(old)) if (value) errors.push(invalidValue(field, '', 'needs to be unset'))
  return errors
}

function validateSeries({ series }: Event): FieldError[] {
  if (!series) return []
  return [
    ...((series.count ?? 0) < 2 ? [invalidValue('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required('series.lastObservedTime')]),
  ]
}

/** Only a series may change. The reason is looked at twice. */
const immutable = [
  'involvedObject',
  'reason',
  'message',
  'source',
  'firstTimestamp',
  'lastTimestamp',
  'count',
  'reason',
  'type',
  'eventTime',
  'action',
  'related',
  'reportingComponent',
  'reportingInstance',
] as const

/** What is asked beside `validateEvent` when an event changes through events.k8s.io/v1. */
export function validateEventsEventUpdate(next: Event, old: Event): FieldError[] {
  const errors = jsonEqual(next.series, old.series) ? [] : validateSeries(next)
  for (const field of immutable) {
    if (jsonEqual(next[field], old[field])) continue
    const name = field === 'reportingComponent' ? 'reportingController' : field
    errors.push(invalidValue(name, asUpstreamPrints(field, next), 'field is immutable'))
  }
  return errors
}

/** Upstream prints its own structures, whose members are named in Go's way and always there. */
function asUpstreamPrints(field: (typeof immutable)[number], event: Event): unknown {
  const value = event[field]
  if (field === 'involvedObject' || field === 'related') return value && reference(value as ObjectReference)
  if (field !== 'source') return value ?? (field === 'count' ? 0 : field.endsWith('Time') ? null : '')
  const { component = '', host = '' } = value as EventSource
  return { Component: component, Host: host }
}

const reference = (r: ObjectReference): object => ({
  Kind: r.kind ?? '',
  Namespace: r.namespace ?? '',
  Name: r.name ?? '',
  UID: r.uid ?? '',
  APIVersion: r.apiVersion ?? '',
  ResourceVersion: r.resourceVersion ?? '',
  FieldPath: r.fieldPath ?? '',
})
