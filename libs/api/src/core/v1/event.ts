/**
 * Event, what happened to an object, for people to read.
 * Source: kubernetes/kubernetes pkg/registry/core/event/strategy.go, pkg/printers/internalversion/printers.go
 */
import { type Column, defineResource, isPathSegment } from '@ensign/apimachinery'
import { type Event, EventSchema } from '../../generated/core-v1.ts'
import { asEventsVersion } from './event-conversion.ts'
import { validateEvent } from './event-validation.ts'

const column = (name: string, description: string, cell: Column<Event>['cell'], priority = 0): Column<Event> => ({
  name,
  type: 'string',
  description,
  cell,
  priority,
})

const lastSeen = ({ series, lastTimestamp, firstTimestamp, eventTime }: Event): string | null | undefined =>
  series?.lastObservedTime ?? (lastTimestamp || firstTimestamp || eventTime)
const sourceOf = ({ source, reportingComponent, reportingInstance }: Event): string =>
  [source?.component || reportingComponent, source?.host || reportingInstance].filter(Boolean).join(', ')

export const events = defineResource<Event>({
  group: '',
  version: 'v1',
  kind: 'Event',
  plural: 'events',
  singular: 'event',
  shortNames: ['ev'],
  namespaced: true,
  schema: EventSchema,
  otherVersions: [asEventsVersion],
  // Recorders have always put dots and hashes into names.
  nameRule: isPathSegment,
  createOnUpdate: true,
  validate: (event) => validateEvent(event),
  validateUpdate: (event) => validateEvent(event),
  columns: [
    column('Last Seen', 'When it was seen last.', (e, at) => at.age(lastSeen(e))),
    column('Type', 'Normal or Warning.', ({ type }) => type ?? ''),
    column('Reason', 'Why, in one word.', ({ reason }) => reason ?? ''),
    column('Object', 'What it happened to.', ({ involvedObject: o }) =>
      o?.name ? `${(o.kind ?? '').toLowerCase()}/${o.name}` : (o?.kind ?? '').toLowerCase(),
    ),
    column('Subobject', 'Which part of it.', ({ involvedObject }) => involvedObject?.fieldPath ?? '', 1),
    column('Source', 'Who reports it.', sourceOf, 1),
    column('Message', 'What happened.', ({ message }) => (message ?? '').trim()),
    column('First Seen', 'When it was seen first.', (e, at) => at.age(e.firstTimestamp || e.eventTime), 1),
    {
      name: 'Count',
      type: 'string',
      priority: 1,
      description: 'How often it was seen.',
      cell: ({ series, count }) => series?.count ?? (count || 1),
    },
    {
      name: 'Name',
      type: 'string',
      format: 'name',
      priority: 1,
      description: 'Name of the event.',
      cell: ({ metadata }) => metadata.name ?? '',
    },
  ],
  fields: {
    'involvedObject.kind': ({ involvedObject }) => involvedObject?.kind ?? '',
    'involvedObject.namespace': ({ involvedObject }) => involvedObject?.namespace ?? '',
    'involvedObject.name': ({ involvedObject }) => involvedObject?.name ?? '',
    'involvedObject.uid': ({ involvedObject }) => involvedObject?.uid ?? '',
    'involvedObject.apiVersion': ({ involvedObject }) => involvedObject?.apiVersion ?? '',
    'involvedObject.resourceVersion': ({ involvedObject }) => involvedObject?.resourceVersion ?? '',
    'involvedObject.fieldPath': ({ involvedObject }) => involvedObject?.fieldPath ?? '',
    reason: ({ reason }) => reason ?? '',
    reportingComponent: ({ reportingComponent }) => reportingComponent ?? '',
    source: ({ source, reportingComponent }) => source?.component || reportingComponent || '',
    type: ({ type }) => type ?? '',
  },
})
