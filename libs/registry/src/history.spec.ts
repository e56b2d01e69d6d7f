import type { Revision } from '@ensign/store'
import { expect, test } from 'vitest'
import { CachedObject, kindEncoding, Recent, storedText } from './cached-object.ts'
import { CacheEvent, History } from './history.ts'
import { limits } from './limits.ts'
import { jsonRepresentation } from './representation.ts'
import { flags } from './testing/index.ts'

const encoding = kindEncoding(flags)
const recent = new Recent()
const metadata = { name: 'a', uid: '00000000-0000-4000-8000-000000000000' }
const event = (revision: number) =>
  new CacheEvent(
    revision as Revision,
    new CachedObject('a', revision as Revision, storedText({ metadata }, encoding), encoding, recent),
    undefined,
  )

test('an event is encoded once while it is among the newest, and once more for whoever is far behind', () => {
  const history = new History(limits.encodedEventsMax * 2, 0 as Revision)
  const oldest = event(1)
  history.append(oldest)
  const encoded = oldest.encoded('ADDED', jsonRepresentation)
  for (let i = 2; i <= limits.encodedEventsMax; i++) history.append(event(i))
  expect(oldest.encoded('ADDED', jsonRepresentation)).toBe(encoded)
  history.append(event(limits.encodedEventsMax + 1))
  const again = oldest.encoded('ADDED', jsonRepresentation)
  expect(again).not.toBe(encoded)
  expect(again).toEqual(encoded)
  expect(history.after(0 as Revision)).toHaveLength(limits.encodedEventsMax + 1)
})
