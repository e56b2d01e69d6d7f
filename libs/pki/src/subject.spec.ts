import { expect, test } from 'vitest'
import * as der from './der.ts'
import { DerError, oidText, readAll } from './der-reader.ts'
import { subjectOf } from './subject.ts'

const attribute = (type: string, value: Buffer) => der.sequence(der.oid(type), value)
const text = (tag: number, bytes: Buffer) => der.element(tag, bytes)

/** As much of a certificate as stands before and including its subject. */
function certificate(options: { version: boolean }, ...relative: Buffer[]): Buffer {
  const before = [der.integer(Buffer.of(1)), der.sequence(), der.sequence(), der.sequence()]
  const version = options.version ? [der.explicit(0, der.integer(Buffer.of(2)))] : []
  return der.sequence(der.sequence(...version, ...before, der.sequence(...relative)))
}

test('attributes that share a relative name, as Go writes several groups, are all read', () => {
  const groups = ['system:masters', 'b'].map((group) => attribute('2.5.4.10', der.utf8String(group)))
  const name = der.set(attribute('2.5.4.3', der.utf8String('jane')))
  const uid = der.set(attribute('1.3.6.1.4.1.57683.2', der.utf8String('u-1')))
  expect(subjectOf(certificate({ version: true }, der.set(...groups), name, uid))).toEqual({
    commonName: 'jane',
    organizations: ['system:masters', 'b'],
    uids: ['u-1'],
  })
})

test('every string type of a name is read, and the last of several common names', () => {
  const names = [
    text(0x13, Buffer.from('printable')),
    text(0x14, Buffer.from('lat\xefn', 'latin1')),
    text(0x1e, Buffer.from('ünï', 'utf16le').swap16()),
  ]
  const organizations = names.map((value) => der.set(attribute('2.5.4.10', value)))
  const [first, last] = ['first', 'last'].map((name) => der.set(attribute('2.5.4.3', der.utf8String(name))))
  if (!first || !last) throw new Error('unreachable')
  expect(subjectOf(certificate({ version: false }, first, ...organizations, last))).toEqual({
    commonName: 'last',
    organizations: ['printable', 'latïn', 'ünï'],
    uids: [],
  })
})

test('bytes that are no certificate are refused', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.of(0x30, 0x7f), Buffer.of(0x30), der.sequence(der.sequence())]) {
    expect(() => subjectOf(bytes)).toThrow(DerError)
  }
})

test('object identifiers come back as they went in', () => {
  for (const dotted of ['2.5.4.3', '1.2.840.113549.1.1.11', '1.3.6.1.4.1.57683.2', '2.999.3', '0.9']) {
    const [read] = readAll(der.oid(dotted))
    expect(oidText(read?.content ?? Buffer.alloc(0))).toBe(dotted)
  }
})
