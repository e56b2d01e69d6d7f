import { expect, test } from 'vitest'
import { parseStoreUrl } from './store-url.ts'

test('each kind of address is recognised', () => {
  expect(parseStoreUrl('memory:')).toEqual({ kind: 'memory' })
  expect(parseStoreUrl('sqlite:.ensign/store.db')).toEqual({ kind: 'sqlite', path: '.ensign/store.db' })
  expect(parseStoreUrl('sqlite:/var/lib/e.db')).toEqual({ kind: 'sqlite', path: '/var/lib/e.db' })
  expect(parseStoreUrl('sqlite:///var/lib/e.db')).toEqual({ kind: 'sqlite', path: '/var/lib/e.db' })
  expect(parseStoreUrl('redis://h:1/2')).toEqual({ kind: 'redis', url: 'redis://h:1/2' })
  expect(parseStoreUrl('rediss://u:p@h')).toEqual({ kind: 'redis', url: 'rediss://u:p@h' })
})

test('anything else is refused without repeating it', () => {
  for (const text of ['', 'sqlite:', 'etcd://x', 'redis:', 'redis://', 'memory:x', 'redis://:secret@']) {
    expect(() => parseStoreUrl(text)).toThrow(TypeError)
    try {
      parseStoreUrl(text)
    } catch (error) {
      expect(String(error)).not.toContain('secret')
    }
  }
})
