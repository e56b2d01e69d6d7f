/**
 * Reads JSON text as kube-apiserver does: errors in Go's words, duplicate keys noticed, numbers kept as written where
 * that matters. JSON.parse tells nothing of the last two.
 * Source: sigs.k8s.io/json internal/golang/encoding/json scanner.go (error texts), kubernetes_patch.go (duplicates)
 */
import { type Int64, parseInt64 } from './int64.ts'
import { errorTextMax, jsonDepthMax, keptDepthMax, strictErrorsMax, valuesMax } from './limits.ts'
import { tooManyValues } from './status.ts'

/** A number whose text is not the shortest form of a safe integer, so that `1e3` and `600.5` can be told from integers. */
export class JsonNumber {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): Int64 {
    return parseInt64(this.text) ?? Number(this.text)
  }
}

export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError'
}

/**
 * Keys that an object had before, in the order of the document, each once: with how many different keys of the object stood
 * before the repetition.
 */
export type DuplicateKeys = ReadonlyMap<string, number>

export interface JsonDocument {
  readonly value: unknown
  /** Keys that an object had more than once; the last value counted. Undefined when there are none. */
  readonly duplicates: ReadonlyMap<object, DuplicateKeys> | undefined
}

/**
 * @param input text, or UTF-8 bytes: invalid sequences become U+FFFD, a byte order mark is an error
 * @param exactNumbers keep numbers that are not plain integers as JsonNumber; else integers beyond 2⁵³ are bigints
 * @throws JsonSyntaxError; StatusError 413 when there are more than `valuesMax` values
 */
export function parseJson(input: string | Uint8Array, { exactNumbers = false } = {}): JsonDocument {
  const text = typeof input === 'string' ? input : utf8.decode(input)
  const parser = new Parser(text, exactNumbers)
  return { value: parser.document(), duplicates: parser.duplicates }
}

/** Paths of the first duplicate keys, such as `metadata.labels.a` or `items[2].a`, in no schema's terms. */
export function findDuplicateKeys(text: string): string[] {
  const { value, duplicates } = parseJson(text)
  if (!duplicates) return []
  const paths: string[] = []
  let charactersLeft = errorTextMax
  const visit = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return
    for (const key of duplicates.get(node)?.keys() ?? []) {
      if (paths.length >= strictErrorsMax || charactersLeft <= 0) return
      const full = path === '' ? key : `${path}.${key}`
      paths.push(full)
      charactersLeft -= full.length
    }
    if (Array.isArray(node)) for (const [index, element] of node.entries()) visit(element, `${path}[${index}]`)
    else for (const [key, member] of Object.entries(node)) visit(member, path === '' ? key : `${path}.${key}`)
  }
  visit(value, '')
  return paths
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

const quotationMark = 0x22
const backslash = 0x5c
const digit0 = 0x30
const digit9 = 0x39
const minus = 0x2d
const integerDigitsMax = 15
const numberPattern = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/y
/** Characters that end the fast path of a string: an escape, the end, and what JSON forbids. */
const stringStop = /["\\\u0000-\u001f]/g
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class Parser {
  duplicates: Map<object, Map<string, number>> | undefined
  readonly #text: string
  readonly #exactNumbers: boolean
  #at = 0
  #depth = 0
  #values = 0

  constructor(text: string, exactNumbers: boolean) {
    this.#text = text
    this.#exactNumbers = exactNumbers
  }

  document(): unknown {
    this.#space()
    const value = this.#value()
    this.#space()
    if (this.#at < this.#text.length) throw this.#error('after top-level value')
    return value
  }

  #value(): unknown {
    if (++this.#values > valuesMax) throw tooManyValues(valuesMax)
    const code = this.#text.charCodeAt(this.#at)
    if (code === quotationMark) return this.#string()
    if ((code >= digit0 && code <= digit9) || code === minus) return this.#number()
    switch (this.#text[this.#at]) {
      case '{':
        return this.#nested(this.#object)
      case '[':
        return this.#nested(this.#array)
      case 't':
        return this.#literal('true', true)
      case 'f':
        return this.#literal('false', false)
      case 'n':
        return this.#literal('null', null)
      default:
        throw this.#error('looking for beginning of value')
    }
  }

  #nested(parse: () => unknown): unknown {
    if (this.#depth === keptDepthMax) return this.#checked()
    this.#depth++
    this.#at++
    const value = parse.call(this)
    this.#depth--
    return value
  }

  #object(): Record<string, unknown> {
    const object: Record<string, unknown> = {}
    let keys = 0
    this.#space()
    if (this.#take('}')) return object
    for (;;) {
      const key = this.#key()
      const value = this.#value()
      if (Object.hasOwn(object, key)) this.#duplicate(object, key, keys)
      else keys++
      if (key === '__proto__') define(object, key, value)
      else object[key] = value
      this.#space()
      if (this.#take('}')) return object
      if (!this.#take(',')) throw this.#error('after object key:value pair')
      this.#space()
    }
  }

  /**
   * Reads past an array or object that is too deep to be a part of any kind, for its syntax alone, and without recursion.
   * Null stands for what it was.
   */
  #checked(): null {
    const closers: ('}' | ']')[] = []
    for (;;) {
      const opener = this.#text[this.#at]
      if (opener === '{' || opener === '[') {
        if (this.#depth + closers.length >= jsonDepthMax) throw this.#error('exceeded max depth')
        this.#at++
        this.#space()
        closers.push(opener === '{' ? '}' : ']')
        if (this.#text[this.#at] !== closers.at(-1)) {
          if (opener === '{') this.#key()
          continue
        }
      } else this.#value()
      do {
        this.#space()
        const closer = closers.at(-1)
        if (closer !== undefined && this.#take(closer)) closers.pop()
        else if (closer === undefined) return null
        else if (this.#take(',')) {
          this.#space()
          if (closer === '}') this.#key()
          break
        } else throw this.#error(closer === '}' ? 'after object key:value pair' : 'after array element')
      } while (closers.length > 0)
      if (closers.length === 0) return null
    }
  }

  /** A member's key and the colon behind it. */
  #key(): string {
    if (this.#text.charCodeAt(this.#at) !== quotationMark)
      throw this.#error('looking for beginning of object key string')
    const key = this.#string()
    this.#space()
    if (!this.#take(':')) throw this.#error('after object key')
    this.#space()
    return key
  }

  #array(): unknown[] {
    const array: unknown[] = []
    this.#space()
    if (this.#take(']')) return array
    for (;;) {
      array.push(this.#value())
      this.#space()
      if (this.#take(']')) return array
      if (!this.#take(',')) throw this.#error('after array element')
      this.#space()
    }
  }

  #string(): string {
    const text = this.#text
    let start = ++this.#at
    let read = ''
    for (;;) {
      stringStop.lastIndex = this.#at
      const stop = stringStop.exec(text)
      this.#at = stop ? stop.index : text.length
      const code = text.charCodeAt(this.#at)
      if (code === quotationMark) {
        const rest = text.slice(start, this.#at++)
        // Escapes can make half of a surrogate pair, which is no text.
        return read === '' ? rest : (read + rest).toWellFormed()
      }
      if (code !== backslash) throw this.#error('in string literal')
      read += text.slice(start, this.#at) + this.#escape()
      start = this.#at
    }
  }

  #escape(): string {
    const letter = this.#text[++this.#at]
    if (letter !== 'u') {
      const character = letter === undefined ? undefined : escapes[letter]
      if (character === undefined) throw this.#error('in string escape code')
      this.#at++
      return character
    }
    for (let i = 0; i < 4; i++) {
      if (!/[0-9a-fA-F]/.test(this.#text[++this.#at] ?? '')) throw this.#error('in \\u hexadecimal character escape')
    }
    this.#at++
    return String.fromCharCode(Number.parseInt(this.#text.slice(this.#at - 4, this.#at), 16))
  }

  #number(): Int64 | JsonNumber {
    numberPattern.lastIndex = this.#at
    const literal = numberPattern.exec(this.#text)?.[0]
    if (literal === undefined) {
      this.#at++
      throw this.#error('in numeric literal')
    }
    this.#at += literal.length
    this.#afterNumber(literal)
    const isPlain = literal.length <= integerDigitsMax && !/[.eE]/.test(literal)
    if (isPlain) return Number(literal)
    return this.#exactNumbers ? new JsonNumber(literal) : (parseInt64(literal) ?? Number(literal))
  }

  /** A number may be followed by a fraction or exponent that is cut short; the error is in the part that is missing. */
  #afterNumber(literal: string): void {
    const next = this.#text[this.#at]
    if (next === '.' && !/[.eE]/.test(literal)) {
      this.#at++
      throw this.#error('after decimal point in numeric literal')
    }
    if ((next === 'e' || next === 'E') && !/[eE]/.test(literal)) {
      this.#at++
      if (/[-+]/.test(this.#text[this.#at] ?? '')) this.#at++
      throw this.#error('in exponent of numeric literal')
    }
  }

  #literal<T>(word: string, value: T): T {
    for (let i = 1; i < word.length; i++) {
      if (this.#text[++this.#at] !== word[i]) throw this.#error(`in literal ${word} (expecting '${word[i]}')`)
    }
    this.#at++
    return value
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at)
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
      this.#at++
    }
  }

  #take(character: string): boolean {
    if (this.#text[this.#at] !== character) return false
    this.#at++
    return true
  }

  #duplicate(object: object, key: string, keysBefore: number): void {
    this.duplicates ??= new Map()
    const earlier = this.duplicates.get(object)
    if (!earlier) this.duplicates.set(object, new Map([[key, keysBefore]]))
    else if (!earlier.has(key)) earlier.set(key, keysBefore)
  }

  #error(context: string): JsonSyntaxError {
    // Go's scanner ends with a virtual space, which is wrong only in the middle of an escape, a number or a word.
    const code =
      this.#text.codePointAt(this.#at) ?? (/^(?:in (?!string literal)|after decimal)/.test(context) ? 0x20 : undefined)
    if (code === undefined) return new JsonSyntaxError('unexpected end of JSON input')
    return new JsonSyntaxError(`invalid character ${quoteByte(firstByte(code))} ${context}`)
  }
}

/** An own property even for a name that assignment treats specially. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true })
}

/** Go reads bytes, so its errors show the first byte of a character in UTF-8. */
function firstByte(code: number): number {
  if (code < 0x80) return code
  if (code < 0x800) return 0xc0 | (code >> 6)
  return code < 0x10000 ? 0xe0 | (code >> 12) : 0xf0 | (code >> 18)
}

/** As Go's quoteChar: a quoted character, control characters escaped. */
function quoteByte(byte: number): string {
  if (byte === 0x27) return `'\\''`
  if (byte === 0x22) return `'"'`
  if (byte === 0x5c) return `'\\\\'`
  const named: Readonly<Record<number, string>> = { 7: 'a', 8: 'b', 9: 't', 10: 'n', 11: 'v', 12: 'f', 13: 'r' }
  if (named[byte]) return `'\\${named[byte]}'`
  if (byte < 0x20 || byte === 0x7f) return `'\\x${byte.toString(16).padStart(2, '0')}'`
  if (byte >= 0x80 && byte < 0xa0) return `'\\u00${byte.toString(16)}'`
  return `'${String.fromCharCode(byte)}'`
}
