import { expect, test } from 'vitest'
import { isDns1123Subdomain } from './names.ts'
import { validateObjectMeta } from './object-meta.ts'

test('of many owners that all control, each is an error with the same text of all owners', () => {
  const ownerReferences = Array.from({ length: 3 }, (_, i) => ({
    ...{ apiVersion: 'v1', kind: 'Pod', name: `p${i}`, uid: `u${i}` },
    controller: true,
  }))
  const meta = { name: 'a', ownerReferences }
  const rest = { type: 'FieldValueInvalid', field: 'metadata.ownerReferences', value: JSON.stringify(ownerReferences) }
  const detail = (name: string) =>
    `Only one reference can have Controller set to true. Found "true" in references for Pod/p0 and Pod/${name}`
  expect(validateObjectMeta(meta, { namespaced: false, nameRule: isDns1123Subdomain })).toEqual([
    { ...rest, detail: detail('p1') },
    { ...rest, detail: detail('p2') },
  ])
})
