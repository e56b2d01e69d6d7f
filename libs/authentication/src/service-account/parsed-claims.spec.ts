import { expect, test } from 'vitest'
import { parseClaims } from './parsed-claims.ts'

const parsed = (claims: string) => parseClaims(Buffer.from(claims))

test('times are whole seconds, and may be absent', () => {
  expect(parsed('{"exp":1.9,"nbf":-1,"iat":1e3}')).toMatchObject({ expiry: 1, notBefore: -1, issuedAt: 1000 })
  expect(parsed('{"exp":null}')).toMatchObject({ expiry: undefined, notBefore: undefined })
})

test.each(['exp', 'nbf', 'iat'])('%s that is no finite number makes the token unreadable', (name) => {
  for (const value of ['1e999', '-1e999', '"1"', 'true', '{}', '[1]'])
    expect(parsed(`{"${name}":${value}}`), value).toBeUndefined()
})

test('warnafter that is no finite number makes the token unreadable', () => {
  for (const value of ['1e999', '"1"']) expect(parsed(`{"kubernetes.io":{"warnafter":${value}}}`)).toBeUndefined()
})
