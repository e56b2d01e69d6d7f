import { describe, expect, test } from 'vitest'
import { bodyMediaType, negotiate } from './media-type.ts'

const table = 'application/json;as=Table;v=v1;g=meta.k8s.io'

describe('the answer has the form', () => {
  test.each([
    [undefined, 'application/json', undefined],
    ['*/*', 'application/json', undefined],
    ['application/vnd.kubernetes.protobuf,application/json', 'application/vnd.kubernetes.protobuf', undefined],
    [`${table},application/json`, 'application/json', 'Table'],
    ['application/json;as=Unknown;v=v1;g=meta.k8s.io,application/json', 'application/json', undefined],
    ['text/html, application/yaml;q=0.5, */*;q=0.1', 'application/yaml', undefined],
    [
      'application/vnd.kubernetes.protobuf;as=Table;v=v1;g=meta.k8s.io, application/json',
      'application/json',
      undefined,
    ],
  ])('of Accept: %s', (accept, mediaType, as) => {
    expect(negotiate(accept)).toMatchObject({ mediaType, ...(as && { as }) })
  })

  test.each(['text/plain', 'application/*', 'application/json;as=Unknown;v=v1;g=meta.k8s.io'])(
    'or none, for Accept: %s',
    (accept) => {
      expect(() => negotiate(accept)).toThrow(expect.objectContaining({ code: 406 }))
    },
  )
})

test('a body is JSON unless it says otherwise, and refused when it says something unknown', () => {
  expect([bodyMediaType(undefined), bodyMediaType('application/yaml; charset=utf-8')]).toEqual([
    'application/json',
    'application/yaml',
  ])
  expect(() => bodyMediaType('text/plain')).toThrow(expect.objectContaining({ code: 415 }))
})
