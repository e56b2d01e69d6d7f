import { expect, test } from 'vitest'
import { loggablePath } from './loggable-path.ts'

test('a path is logged as it is', () => {
  for (const path of ['/', '/api/v1/namespaces/shop/serviceaccounts/till/token', '/apis/a.b.example/v1/x', '/%zz'])
    expect(loggablePath(path)).toBe(path)
})

test('a token in a path is not logged, in whichever spelling', () => {
  const token = `eyJhbGciOiJub25lIn0.${'a'.repeat(40)}.${'b'.repeat(40)}`
  expect(loggablePath(`/api/${token}/x`)).toBe(`/api/(${token.length} characters)/x`)
  const spelled = [...token].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')
  expect(loggablePath(`/api/${spelled}`)).toBe(`/api/(${token.length} characters)`)
  expect(loggablePath('/api/eyJh.e30.c2ln')).toBe('/api/(13 characters)')
  expect(loggablePath('/api/abcdef.0123456789abcdef')).toBe('/api/(23 characters)')
})

test('a long path is cut', () => {
  expect(loggablePath('/a'.repeat(10_000)).length).toBeLessThan(50)
  expect(loggablePath(`/${'%41'.repeat(10_000)}`)).toBe('/(10000 characters)')
})
