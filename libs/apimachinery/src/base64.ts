/**
 * Base64 as the JSON form of bytes has it. Go's decoder skips line ends, names the offset of what it cannot read, and
 * what it read is written again without them.
 * Source: Go encoding/base64 (StdEncoding.Decode, CorruptInputError)
 */

export class Base64Error extends Error {
  override readonly name = 'Base64Error'
}

const canonical = /^(?:[A-Za-z0-9+/]{4})*$/
const alphabet = /[A-Za-z0-9+/]/

/** The canonical form of base64 text. @throws Base64Error */
export function canonicalBase64(text: string): string {
  if (canonical.test(text)) return text
  return Buffer.from(checked(text), 'base64').toString('base64')
}

/** @throws Base64Error */
export function bytesFromBase64(text: string): Buffer {
  return Buffer.from(canonical.test(text) ? text : checked(text), 'base64')
}

/** The text without line ends, once its form is known to be right. */
function checked(text: string): string {
  let inQuantum = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string
    if (character === '\n' || character === '\r') continue
    if (alphabet.test(character)) {
      inQuantum = (inQuantum + 1) % 4
      continue
    }
    if (character !== '=' || inQuantum < 2) throw corrupt(text, at)
    checkPadding(text, at, inQuantum)
    return text.replace(/[\r\n]/g, '')
  }
  if (inQuantum !== 0) throw corrupt(text, text.length - inQuantum)
  return text.replace(/[\r\n]/g, '')
}

/** Two `=` after two characters, one after three, and then nothing but line ends. */
function checkPadding(text: string, first: number, inQuantum: number): void {
  let end = first
  if (inQuantum === 2) {
    end = skipLineEnds(text, first + 1)
    if (end === text.length) throw corrupt(text, end)
    if (text[end] !== '=') throw corrupt(text, end - 1)
  }
  end = skipLineEnds(text, end + 1)
  if (end < text.length) throw corrupt(text, end)
}

function skipLineEnds(text: string, from: number): number {
  let at = from
  while (text[at] === '\n' || text[at] === '\r') at++
  return at
}

/** Offsets count bytes of UTF-8. */
function corrupt(text: string, at: number): Base64Error {
  return new Base64Error(`illegal base64 data at input byte ${Buffer.byteLength(text.slice(0, at))}`)
}
