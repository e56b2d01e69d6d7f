/**
 * The value of the first document of a YAML text, as plain JSON.
 * Source: go.yaml.in/yaml/v2 {parserc,decode}.go, sigs.k8s.io/yaml yaml.go
 */
import { goQuote, strictErrorsMax, tooManyValues, valuesMax } from '@ensign/apimachinery'
import { limits } from './limits.ts'
import { mergeKey, plainValue } from './yaml-scalar.ts'
import { type Token, type TokenKind, YamlScanner } from './yaml-scanner.ts'
import { YamlSyntaxError } from './yaml-text.ts'

type JsonObject = Record<string, unknown>

/** What an anchor stands for while its own value is being read. */
const unfinished = Symbol('unfinished')

const coreTag = 'tag:yaml.org,2002:'

interface Properties {
  readonly anchor: string | undefined
  readonly tag: string
  /** Where the first of them stands. */
  readonly line: number
}

export class YamlReader {
  /** `line 7: key "a" already set in map`, one for each of the first; the last value counted. */
  readonly duplicates: string[] = []
  readonly #scanner: YamlScanner
  readonly #anchors = new Map<string, unknown>()
  readonly #tagPrefixes = new Map([
    ['!', '!'],
    ['!!', coreTag],
  ])
  #values = 0
  #aliasedCharacters = 0

  constructor(text: string) {
    this.#scanner = new YamlScanner(text)
  }

  /** Null where there is no document. */
  document(): unknown {
    while (this.#at('document end')) this.#scanner.next()
    if (this.#at('stream end')) return null
    const hasDirectives = this.#directives()
    if (this.#at('document start')) this.#scanner.next()
    else if (hasDirectives) throw parseError('did not find expected <document start>', this.#scanner.peek().line)
    const isEmpty = this.#at('directive', 'document start', 'document end', 'stream end')
    const value = isEmpty ? null : this.#node(true)
    this.#scanner.peek()
    return value
  }

  #at(...kinds: TokenKind[]): boolean {
    return kinds.includes(this.#scanner.peek().kind)
  }

  #take(kind: TokenKind): boolean {
    if (this.#scanner.peek().kind !== kind) return false
    this.#scanner.next()
    return true
  }

  #directives(): boolean {
    let any = false
    for (; this.#at('directive'); any = true) {
      const { value, line } = this.#scanner.next()
      const [name, first, second] = value.split(/[ \t]+/, 3)
      if (name === '%TAG' && first !== undefined && second !== undefined) this.#tagPrefixes.set(first, second)
      else if (name !== '%YAML') throw parseError('found unknown directive name', line && line + 1)
      else if (first !== '1.1') throw parseError('found incompatible YAML document', line)
    }
    return any
  }

  /** @param besideKeys a list may begin as far left as the key that it belongs to */
  #node(isBlock: boolean, besideKeys = false): unknown {
    this.#count()
    const first = this.#scanner.peek()
    if (first.kind === 'alias') return this.#copyOf(this.#scanner.next().value)
    const properties = this.#properties()
    const { anchor } = properties
    if (anchor === undefined) return this.#content(isBlock, besideKeys, properties)
    this.#anchors.set(anchor, unfinished)
    const value = this.#content(isBlock, besideKeys, properties)
    this.#anchors.set(anchor, value)
    return value
  }

  #properties(): Properties {
    let anchor: string | undefined
    let tag: Token | undefined
    const { line } = this.#scanner.peek()
    for (;;) {
      if (anchor === undefined && this.#at('anchor')) anchor = this.#scanner.next().value
      else if (tag === undefined && this.#at('tag')) tag = this.#scanner.next()
      else break
    }
    return { anchor, tag: tag ? this.#tagOf(tag, line) : '', line }
  }

  #tagOf({ handle, value }: Token, line: number): string {
    if (!handle) return value
    const prefix = this.#tagPrefixes.get(handle)
    if (prefix === undefined) throw parseError('found undefined tag handle', line)
    return prefix + value
  }

  #content(isBlock: boolean, besideKeys: boolean, { anchor, tag, line }: Properties): unknown {
    const token = this.#scanner.peek()
    switch (token.kind) {
      case 'scalar':
        this.#scanner.next()
        return scalarValue(token.value, token.isPlain === true, tag)
      case '[':
        return this.#flowList()
      case '{':
        return this.#flowMap()
      case '-':
        if (besideKeys) return this.#listBesideKeys()
        break
      case 'block sequence':
        if (isBlock) return this.#blockList()
        break
      case 'block mapping':
        if (isBlock) return this.#blockMap()
        break
      default:
    }
    if (anchor !== undefined || tag !== '') return scalarValue('', true, tag)
    throw parseError('did not find expected node content', line || token.line)
  }

  #empty(): null {
    this.#count()
    return null
  }

  #blockList(): unknown[] {
    const { line } = this.#scanner.next()
    const list: unknown[] = []
    while (this.#take('-')) list.push(this.#at('-', 'block end') ? this.#empty() : this.#node(true))
    if (!this.#take('block end')) throw parseError("did not find expected '-' indicator", line || this.#line)
    return list
  }

  #listBesideKeys(): unknown[] {
    const list: unknown[] = []
    while (this.#take('-')) list.push(this.#at('-', 'key', 'value', 'block end') ? this.#empty() : this.#node(true))
    return list
  }

  #blockMap(): JsonObject {
    const { line } = this.#scanner.next()
    const map: JsonObject = {}
    while (this.#take('key')) {
      const isEmptyKey = this.#at('key', 'value', 'block end')
      const key = isEmptyKey ? null : this.#key(() => this.#node(true, true))
      const hasValue = this.#take('value') && !this.#at('key', 'value', 'block end')
      this.#member(map, key, hasValue ? () => this.#node(true, true) : () => this.#empty())
    }
    if (!this.#take('block end')) throw parseError('did not find expected key', line || this.#line)
    return map
  }

  #flowList(): unknown[] {
    const { line } = this.#scanner.next()
    const list: unknown[] = []
    for (let isFirst = true; !this.#take(']'); isFirst = false) {
      if (!isFirst && !this.#take(',')) throw parseError("did not find expected ',' or ']'", line || this.#line)
      if (this.#at('key')) list.push(this.#singlePair())
      else if (!this.#at(']')) list.push(this.#node(false))
    }
    return list
  }

  /** `[a: b]` is a list of a map of one member. */
  #singlePair(): JsonObject {
    this.#count()
    this.#scanner.next()
    const map: JsonObject = {}
    this.#flowMember(map, ']')
    return map
  }

  #flowMap(): JsonObject {
    const { line } = this.#scanner.next()
    const map: JsonObject = {}
    for (let isFirst = true; !this.#take('}'); isFirst = false) {
      if (!isFirst && !this.#take(',')) throw parseError("did not find expected ',' or '}'", line || this.#line)
      if (this.#take('key')) this.#flowMember(map, '}')
      else if (!this.#at('}')) {
        const key = this.#key(() => this.#node(false))
        this.#member(map, key, () => this.#empty())
      }
    }
    return map
  }

  #flowMember(map: JsonObject, end: ']' | '}'): void {
    const key = this.#at('value', ',', end) ? null : this.#key(() => this.#node(false))
    const hasValue = this.#take('value') && !this.#at(',', end)
    this.#member(map, key, hasValue ? () => this.#node(false) : () => this.#empty())
  }

  /** A key that is read as a node, and does not count as a value; `<<` without quotes is told from one in quotes. */
  #key(read: () => unknown): unknown {
    const { kind, value, isPlain } = this.#scanner.peek()
    this.#values--
    const key = read()
    return kind === 'scalar' && isPlain && value === mergeKey ? merging : key
  }

  #member(map: JsonObject, key: unknown, read: () => unknown): void {
    if (key === merging) {
      const { line } = this.#scanner.peek()
      return this.#merge(map, read(), line)
    }
    const name = keyText(key)
    const { line } = this.#scanner.peek()
    this.#set(map, name, read(), line)
  }

  /** As Go's library does it: members come over in the order of the document, whatever was there. */
  #merge(map: JsonObject, value: unknown, line: number): void {
    const sources = Array.isArray(value) ? value.toReversed() : [value]
    for (const source of sources) {
      if (typeof source !== 'object' || source === null || Array.isArray(source))
        throw new YamlSyntaxError('map merge requires map or sequence of maps as the value')
      for (const [name, member] of Object.entries(source)) {
        this.#count()
        this.#set(map, name, member, line)
      }
    }
  }

  #set(map: JsonObject, name: string, value: unknown, line: number): void {
    if (Object.hasOwn(map, name) && this.duplicates.length < strictErrorsMax)
      this.duplicates.push(`line ${line + 1}: key ${goQuote(name.slice(0, limits.shownKeyMax))} already set in map`)
    if (name !== '__proto__') map[name] = value
    else Object.defineProperty(map, name, { value, enumerable: true, writable: true, configurable: true })
  }

  #count(): void {
    if (++this.#values > valuesMax) throw tooManyValues(valuesMax)
  }

  /** A copy, so that a change in one place is none in another. All copies count as if they had been sent. */
  #copyOf(name: string): unknown {
    const value = this.#anchors.get(name)
    const shown = name.slice(0, limits.shownKeyMax)
    if (value === unfinished) throw new YamlSyntaxError(`anchor '${shown}' value contains itself`)
    if (value === undefined) throw new YamlSyntaxError(`unknown anchor '${shown}' referenced`)
    this.#values--
    return this.#copy(value)
  }

  #copy(value: unknown): unknown {
    this.#values++
    if (typeof value === 'string') this.#aliasedCharacters += value.length
    if (this.#values > valuesMax || this.#aliasedCharacters > limits.requestBodyBytesMax)
      throw new YamlSyntaxError('document contains excessive aliasing')
    if (Array.isArray(value)) return value.map((item) => this.#copy(item))
    if (typeof value !== 'object' || value === null) return value
    const copy: JsonObject = {}
    for (const [name, member] of Object.entries(value)) {
      this.#aliasedCharacters += name.length
      this.#set(copy, name, this.#copy(member), 0)
    }
    return copy
  }

  get #line(): number {
    return this.#scanner.peek().line
  }
}

const merging = Symbol('merging')

/** Go counts lines from 0 and leaves out the first. */
const parseError = (problem: string, line: number): YamlSyntaxError =>
  new YamlSyntaxError(line > 0 ? `line ${line}: ${problem}` : problem)

function scalarValue(text: string, isPlain: boolean, tag: string): unknown {
  if (tag === '!' || (tag === '' && isPlain)) return finite(plainValue(text))
  if (tag === '' || !tag.startsWith(coreTag)) return text
  const name = tag.slice(coreTag.length)
  const value = plainValue(text)
  switch (name) {
    case 'int':
      if (typeof value === 'bigint' || Number.isInteger(value)) return value
      break
    case 'float':
      if (typeof value === 'number' || typeof value === 'bigint') return finite(Number(value))
      break
    case 'bool':
      if (typeof value === 'boolean') return value
      break
    case 'null':
      if (value === null) return value
      break
    case 'binary':
      return binaryText(text)
    default:
      return text
  }
  throw new YamlSyntaxError(`cannot decode ${nameOfType(value)} as a !!${name}`)
}

const nameOfType = (value: unknown): string =>
  typeof value === 'number' || typeof value === 'bigint'
    ? typeof value === 'bigint' || Number.isInteger(value)
      ? '!!int'
      : '!!float'
    : typeof value === 'string'
      ? '!!str'
      : value === null
        ? '!!null'
        : '!!bool'

/** JSON has no other numbers. */
function finite<T>(value: T): T {
  if (typeof value !== 'number' || Number.isFinite(value)) return value
  const name = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
  throw new YamlSyntaxError(`json: unsupported value: ${name}`)
}

function binaryText(base64: string): string {
  const text = base64.replaceAll('\n', '').replaceAll(' ', '')
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new YamlSyntaxError('!!binary value contains invalid base64 data')
  return bytes.toString()
}

/** The name of a member, as numbers and booleans become one in JSON. */
function keyText(key: unknown): string {
  if (typeof key === 'string') return key
  if (typeof key === 'number' || typeof key === 'bigint' || typeof key === 'boolean') return String(key)
  if (typeof key === 'object' && key !== null) throw new YamlSyntaxError('invalid map key')
  throw new YamlSyntaxError('unsupported map key of type: <nil>')
}
