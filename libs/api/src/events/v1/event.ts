/**
 * Event of events.k8s.io/v1: the events of core/v1 in newer words, checked more closely.
 * Source: kubernetes/kubernetes pkg/registry/core/event/strategy.go, pkg/registry/events/rest/storage_events.go,
 * pkg/apis/events/v1/conversion.go
 */
import { type Column, defineResource, type KubeObject } from '@ensign/apimachinery'
import { events } from '../../core/v1/event.ts'
import { asCoreVersion, coreEventFromEvents, eventsEventFromCore } from '../../core/v1/event-conversion.ts'
import { validateEvent, validateEventsEvent, validateEventsEventUpdate } from '../../core/v1/event-validation.ts'
import type { Event as CoreEvent } from '../../generated/core-v1.ts'
import { type Event, EventSchema } from '../../generated/events-v1.ts'

/** By this group's names, what core/v1 selects by. */
const fieldNames = {
  reason: 'reason',
  'regarding.kind': 'involvedObject.kind',
  'regarding.namespace': 'involvedObject.namespace',
  'regarding.name': 'involvedObject.name',
  'regarding.uid': 'involvedObject.uid',
  'regarding.apiVersion': 'involvedObject.apiVersion',
  'regarding.resourceVersion': 'involvedObject.resourceVersion',
  'regarding.fieldPath': 'involvedObject.fieldPath',
  reportingController: 'reportingComponent',
  type: 'type',
}

const reporter = 'reportingController'

export const eventsEvents = defineResource<Event>({
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  schema: EventSchema,
  conversion: {
    stored: events,
    fromStored: (stored) => eventsEventFromCore(stored as CoreEvent),
    toStored: (event) => coreEventFromEvents(event) as KubeObject,
  },
  otherVersions: [asCoreVersion],
  createOnUpdate: true,
  validate(event) {
    const core = coreEventFromEvents(event)
    return [...validateEvent(core, reporter), ...validateEventsEvent(core)]
  },
  validateUpdate(next, old) {
    const core = coreEventFromEvents(next)
    return [...validateEvent(core, reporter), ...validateEventsEventUpdate(core, coreEventFromEvents(old))]
  },
  columns: (events.columns ?? []).map(
    (column): Column<Event> => ({ ...column, cell: (event, at) => column.cell(coreEventFromEvents(event), at) }),
  ),
  fields: Object.fromEntries(
    Object.entries(fieldNames).map(([name, coreName]) => [
      name,
      (event: Event) => events.fields?.[coreName]?.(coreEventFromEvents(event)) ?? '',
    ]),
  ),
})
