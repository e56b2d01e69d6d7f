import { describe, expect, test } from 'vitest'
import { joseSignature } from './ecdsa-signature.ts'

const integer = (hex: string) => `02${(hex.length / 2).toString(16).padStart(2, '0')}${hex}`
function der(r: string, s: string): Buffer {
  const body = integer(r) + integer(s)
  const length = (body.length / 2).toString(16).padStart(2, '0')
  return Buffer.from(`30${body.length > 254 ? '81' : ''}${length}${body}`, 'hex')
}

describe('the signature of a token', () => {
  test('has R and S in full length, whatever DER makes of them', () => {
    const full = 'ab'.repeat(32)
    const plain = '7b'.repeat(32)
    expect(joseSignature(der(`00${full}`, plain), 'ES256').toString('hex')).toBe(full + plain)
    expect(joseSignature(der('01', '00ff'), 'ES256').toString('hex')).toBe(`${'00'.repeat(31)}01${'00'.repeat(31)}ff`)
  })

  test('of P-521 is in a sequence of which the length takes two bytes', () => {
    const r = `01${'cd'.repeat(65)}`
    const s = `ef${'cd'.repeat(64)}`
    expect(joseSignature(der(r, `00${s}`), 'ES512').toString('hex')).toBe(r + s.padStart(132, '0'))
  })

  test('with RSA is as it comes', () => {
    const signature = Buffer.alloc(256, 1)
    expect(joseSignature(signature, 'RS256')).toBe(signature)
  })
})
