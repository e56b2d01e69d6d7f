/**
 * One event in the two forms that clients know: as core/v1 has it, which is what is stored, and as events.k8s.io/v1 has it.
 * Source: kubernetes/kubernetes pkg/apis/events/v1/conversion.go, pkg/apis/core/v1/conversion.go
 */
import type { KindVersion, KubeObject } from '@ensign/apimachinery'
import { type Event as CoreEvent, EventSchema as CoreEventSchema } from '../../generated/core-v1.ts'
import { type Event as EventsEvent, EventSchema as EventsEventSchema } from '../../generated/events-v1.ts'

const eventsVersion = 'events.k8s.io/v1'
const coreVersion = 'v1'

/** The result shares its parts with `event`. */
export function eventsEventFromCore(event: Readonly<CoreEvent>): EventsEvent {
  const { reportingComponent, reportingInstance, count, message, series, related, action, reason, type } = event
  return {
    kind: 'Event',
    apiVersion: eventsVersion,
    metadata: event.metadata,
    eventTime: event.eventTime,
    ...(series && { series: { count: series.count ?? 0, lastObservedTime: series.lastObservedTime ?? null } }),
    ...(reportingComponent && { reportingController: reportingComponent }),
    ...(reportingInstance && { reportingInstance }),
    ...(action && { action }),
    ...(reason && { reason }),
    regarding: event.involvedObject,
    ...(related && { related }),
    ...(message && { note: message }),
    ...(type && { type }),
    deprecatedSource: event.source,
    deprecatedFirstTimestamp: event.firstTimestamp,
    deprecatedLastTimestamp: event.lastTimestamp,
    ...(count && { deprecatedCount: count }),
  }
}

/** The result shares its parts with `event`. */
export function coreEventFromEvents(event: Readonly<EventsEvent>): CoreEvent {
  const { series, deprecatedCount, note, related, action, reason, type } = event
  return {
    kind: 'Event',
    apiVersion: coreVersion,
    metadata: event.metadata,
    involvedObject: event.regarding,
    ...(reason && { reason }),
    ...(note && { message: note }),
    source: event.deprecatedSource,
    firstTimestamp: event.deprecatedFirstTimestamp,
    lastTimestamp: event.deprecatedLastTimestamp,
    ...(deprecatedCount && { count: deprecatedCount }),
    ...(type && { type }),
    eventTime: event.eventTime,
    ...(series && {
      series: { ...(series.count && { count: series.count }), lastObservedTime: series.lastObservedTime },
    }),
    ...(action && { action }),
    ...(related && { related }),
    reportingComponent: event.reportingController ?? '',
    reportingInstance: event.reportingInstance ?? '',
  }
}

/** For fields that a writer of core/v1 meets with owners who wrote through events.k8s.io/v1. */
export const asEventsVersion: KindVersion = {
  apiVersion: eventsVersion,
  schema: EventsEventSchema,
  convert: (object) => eventsEventFromCore(object as CoreEvent) as KubeObject,
  revert: (object) => coreEventFromEvents(object as EventsEvent) as KubeObject,
}

/** The other way round. */
export const asCoreVersion: KindVersion = {
  apiVersion: coreVersion,
  schema: CoreEventSchema,
  convert: (object) => coreEventFromEvents(object as EventsEvent) as KubeObject,
  revert: (object) => eventsEventFromCore(object as CoreEvent) as KubeObject,
}
