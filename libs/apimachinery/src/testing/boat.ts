/** A kind that has a field of every type that merges know. */

import { ObjectMetaSchema } from '../generated/meta-v1.ts'
import type { KubeObject } from '../object-meta.ts'
import type { MessageSchema } from '../schema.ts'

export interface Sailor {
  name?: string
  rank?: string
  watches?: string[]
}

export interface Boat extends KubeObject {
  name?: string
  tons?: number
  crew?: Sailor[]
  berths?: { deck: number; side?: string; sailor?: string }[]
  flags?: string[]
  stops?: string[]
  notes?: Record<string, string>
  home?: { port?: string; country?: string }
  rig?: { masts?: number; sails?: { main?: string; jib?: string } }
}

const sailorSchema: MessageSchema = {
  name: 'test.Sailor',
  goName: 'v1.Sailor',
  fields: [
    { name: 'name', number: 1, type: 'string', presence: 'omitempty' },
    { name: 'rank', number: 2, type: 'string', presence: 'omitempty' },
    { name: 'watches', number: 3, type: 'string', presence: 'omitempty', repeated: true },
  ],
}

const berthSchema: MessageSchema = {
  name: 'test.Berth',
  goName: 'v1.Berth',
  fields: [
    { name: 'deck', number: 1, type: 'int32', presence: 'always' },
    { name: 'side', number: 2, type: 'string', presence: 'omitempty', default: 'port' },
    { name: 'sailor', number: 3, type: 'string', presence: 'omitempty' },
  ],
}

const homeSchema: MessageSchema = {
  name: 'test.Home',
  goName: 'v1.Home',
  structType: 'atomic',
  fields: [
    { name: 'port', number: 1, type: 'string', presence: 'omitempty' },
    { name: 'country', number: 2, type: 'string', presence: 'omitempty' },
  ],
}

const sailsSchema: MessageSchema = {
  name: 'test.Sails',
  goName: 'v1.Sails',
  fields: [
    { name: 'main', number: 1, type: 'string', presence: 'omitempty' },
    { name: 'jib', number: 2, type: 'string', presence: 'omitempty' },
  ],
}

const rigSchema: MessageSchema = {
  name: 'test.Rig',
  goName: 'v1.Rig',
  fields: [
    { name: 'masts', number: 1, type: 'int32', presence: 'omitempty' },
    { name: 'sails', number: 2, type: () => sailsSchema, presence: 'pointer' },
  ],
}

export const boatSchema: MessageSchema = {
  name: 'test.Boat',
  goName: 'v1.Boat',
  kind: { group: '', version: 'v1', kind: 'Boat' },
  fields: [
    { name: 'metadata', number: 1, type: () => ObjectMetaSchema, presence: 'always' },
    { name: 'name', number: 2, type: 'string', presence: 'omitempty' },
    { name: 'tons', number: 3, type: 'int32', presence: 'pointer' },
    {
      name: 'crew',
      number: 4,
      type: () => sailorSchema,
      presence: 'omitempty',
      repeated: true,
      listType: 'map',
      listMapKeys: ['name'],
      patchStrategy: ['merge'],
      patchMergeKey: 'name',
    },
    {
      name: 'berths',
      number: 5,
      type: () => berthSchema,
      presence: 'omitempty',
      repeated: true,
      listType: 'map',
      listMapKeys: ['deck', 'side'],
    },
    {
      name: 'flags',
      number: 6,
      type: 'string',
      presence: 'omitempty',
      repeated: true,
      listType: 'set',
      patchStrategy: ['merge'],
    },
    { name: 'stops', number: 7, type: 'string', presence: 'omitempty', repeated: true },
    { name: 'notes', number: 8, type: 'string', presence: 'omitempty', map: true },
    { name: 'home', number: 9, type: () => homeSchema, presence: 'pointer' },
    { name: 'rig', number: 10, type: () => rigSchema, presence: 'pointer', patchStrategy: ['retainKeys'] },
  ],
}

export const boat = (more: Partial<Boat>): Boat => ({
  kind: 'Boat',
  apiVersion: 'v1',
  ...more,
  metadata: { name: 'b', namespace: 'harbour', ...more.metadata },
})
