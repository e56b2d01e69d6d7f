/**
 * The tokens of a YAML text, each found in one pass and with a bounded look ahead: YAML 1.1 as far as Go's library goes, with
 * its errors.
 * Source: go.yaml.in/yaml/v2 scannerc.go; YAML 1.1 chapters 5 to 9
 */
import { keptDepthMax } from '@ensign/apimachinery'
import { isBlank, isBlankOrEnd, isBreak, YamlText } from './yaml-text.ts'
import { blockScalar, plainScalar, quotedScalar } from './yaml-text-scalar.ts'

export type TokenKind =
  | 'stream end'
  | 'directive'
  | 'document start'
  | 'document end'
  | 'block sequence'
  | 'block mapping'
  | 'block end'
  | '['
  | ']'
  | '{'
  | '}'
  | ','
  | '-'
  | 'key'
  | 'value'
  | 'alias'
  | 'anchor'
  | 'tag'
  | 'scalar'

export interface Token {
  readonly kind: TokenKind
  /** From 0, where it begins. */
  readonly line: number
  /** The text of a scalar, the name of an anchor or alias, a directive, the rest of a tag. */
  readonly value: string
  /** Of a tag: `!`, `!!`, `!e!`; empty when `value` is the whole tag. */
  readonly handle?: string
  readonly isPlain?: boolean
  /** What begins here may turn out to be the key of a map, which a later colon shows. */
  key?: PossibleKey | undefined
}

/** A place at which the key of a map may have begun, without the sign `?`. */
interface PossibleKey {
  isPossible: boolean
  /** Nothing but a key can begin here. */
  readonly isRequired: boolean
  /** Of the token that it begins with, counted from the start of the text. */
  readonly number: number
  readonly at: number
  readonly line: number
  readonly column: number
}

/** Characters between the start of a key and its colon. Source: YAML 1.2 section 7.4.2 */
const keyCharactersMax = 1024

const anchorName = /[0-9A-Za-z_-]+/y
const tagText = /!<([^\s<>]+)>|(!(?:[0-9A-Za-z_-]*!)?)([0-9A-Za-z_\-;/?:@&=+$,.!~*'()[\]%]*)/y
const directive = /%[^\n\r#]*/y

export class YamlScanner {
  readonly #text: YamlText
  readonly #queue: Token[] = []
  /** Tokens that were handed out. */
  #taken = 0
  #indent = -1
  readonly #indents: number[] = []
  /** By level of flow collections, the outermost first: where a key may have begun last. */
  readonly #keys: (PossibleKey | undefined)[] = [undefined]
  #keyAllowed = true

  constructor(text: string) {
    this.#text = new YamlText(text)
  }

  /** The next token, which stays the next one. */
  peek(): Token {
    for (;;) {
      const [head] = this.#queue
      if (head && !(head.key && this.#isStillPossible(head.key))) return head
      this.#fetch()
    }
  }

  next(): Token {
    const token = this.peek()
    if (token.kind !== 'stream end') {
      this.#queue.shift()
      this.#taken++
    }
    return token
  }

  get #isFlow(): boolean {
    return this.#keys.length > 1
  }

  #fetch(): void {
    const text = this.#text
    this.#skipToToken()
    this.#unroll(text.column)
    const code = text.code()
    const line = text.line
    if (Number.isNaN(code)) return this.#end()
    if (text.column === 0) {
      if (code === 0x25) return this.#directive()
      if (text.atDocumentMark()) return this.#documentMark()
    }
    switch (String.fromCharCode(code)) {
      case '[':
      case '{':
        return this.#openFlow(code === 0x5b ? '[' : '{')
      case ']':
      case '}':
        return this.#closeFlow(code === 0x5d ? ']' : '}')
      case ',':
        this.#forgetKey()
        this.#keyAllowed = true
        return this.#sign(',', 1)
      case '-':
        if (isBlankOrEnd(text.code(1))) return this.#blockEntry()
        break
      case '?':
        if (this.#isFlow || isBlankOrEnd(text.code(1))) return this.#explicitKey()
        break
      case ':':
        if (this.#isFlow || isBlankOrEnd(text.code(1))) return this.#value()
        break
      case '*':
      case '&':
        return this.#anchor(code === 0x2a ? 'alias' : 'anchor')
      case '!':
        return this.#tag()
      case '|':
      case '>':
        if (this.#isFlow) break
        this.#forgetKey()
        this.#keyAllowed = true
        return this.#push({ kind: 'scalar', line, value: blockScalar(text, this.#indent, code === 0x7c) })
      case "'":
      case '"':
        this.#saveKey()
        this.#keyAllowed = false
        return this.#push({ kind: 'scalar', line, value: quotedScalar(text, code) })
      default:
    }
    if (!this.#beginsPlain(code)) throw text.error('found character that cannot start any token')
    this.#saveKey()
    this.#keyAllowed = false
    const { value, endsLine } = plainScalar(text, this.#indent + 1, this.#isFlow)
    if (endsLine) this.#keyAllowed = true
    this.#push({ kind: 'scalar', line, value, isPlain: true })
  }

  #beginsPlain(code: number): boolean {
    const next = this.#text.code(1)
    if (code === 0x2d) return !isBlank(next)
    if (code === 0x3f || code === 0x3a) return !this.#isFlow && !isBlankOrEnd(next)
    return !',[]{}#&*!|>\'"%@`\t'.includes(String.fromCharCode(code))
  }

  #push(token: Token): void {
    const key = this.#keys.at(-1)
    if (key?.isPossible && key.number === this.#taken + this.#queue.length) token.key = key
    this.#queue.push(token)
  }

  #sign(kind: TokenKind, length: number): void {
    const { line } = this.#text
    this.#text.skip(length)
    this.#push({ kind, line, value: '' })
  }

  /** Past blanks, comments and line ends; at a new line of a block a key may begin. */
  #skipToToken(): void {
    const text = this.#text
    text.skipByteOrderMark()
    for (;;) {
      // A tab may not indent what begins a block.
      text.skipBlanks(this.#isFlow || !this.#keyAllowed)
      if (text.code() === 0x23) text.skipComment()
      if (!isBreak(text.code())) return
      text.skipBreak()
      if (!this.#isFlow) this.#keyAllowed = true
    }
  }

  #isStillPossible(key: PossibleKey): boolean {
    if (!key.isPossible) return false
    if (key.line === this.#text.line && this.#text.at <= key.at + keyCharactersMax) return true
    this.#drop(key)
    return false
  }

  #drop(key: PossibleKey): void {
    if (key.isPossible && key.isRequired) throw this.#text.error("could not find expected ':'", key.line)
    key.isPossible = false
  }

  #forgetKey(): void {
    const key = this.#keys.at(-1)
    if (key) this.#drop(key)
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return
    this.#forgetKey()
    const { at, line, column } = this.#text
    const isRequired = !this.#isFlow && this.#indent === column
    const number = this.#taken + this.#queue.length
    this.#keys[this.#keys.length - 1] = { isPossible: true, isRequired, number, at, line, column }
  }

  /** Opens a block that begins at the column, in front of the token of that number or behind all. */
  #roll(column: number, kind: 'block sequence' | 'block mapping', line: number, number?: number): void {
    if (this.#isFlow || this.#indent >= column) return
    this.#indents.push(this.#indent)
    this.#indent = column
    this.#checkDepth()
    const token: Token = { kind, line, value: '' }
    if (number === undefined) this.#queue.push(token)
    else this.#queue.splice(number - this.#taken, 0, token)
  }

  /** Closes the blocks that are further to the right. */
  #unroll(column: number): void {
    if (this.#isFlow) return
    while (this.#indent > column) {
      this.#queue.push({ kind: 'block end', line: this.#text.line, value: '' })
      this.#indent = this.#indents.pop() as number
    }
  }

  #checkDepth(): void {
    if (this.#indents.length + this.#keys.length > keptDepthMax)
      throw this.#text.error(`exceeded max depth of ${keptDepthMax}`)
  }

  #end(): void {
    this.#text.endLine()
    this.#unroll(-1)
    this.#forgetKey()
    this.#keyAllowed = false
    this.#queue.push({ kind: 'stream end', line: this.#text.line, value: '' })
  }

  #directive(): void {
    this.#unroll(-1)
    this.#forgetKey()
    this.#keyAllowed = false
    const { line } = this.#text
    this.#push({ kind: 'directive', line, value: this.#text.match(directive)?.[0].trim() ?? '' })
  }

  #documentMark(): void {
    this.#unroll(-1)
    this.#forgetKey()
    this.#keyAllowed = false
    this.#sign(this.#text.code() === 0x2d ? 'document start' : 'document end', 3)
  }

  #openFlow(kind: '[' | '{'): void {
    this.#saveKey()
    this.#keyAllowed = true
    const token: Token = { kind, line: this.#text.line, value: '' }
    this.#text.skip(1)
    this.#push(token)
    this.#keys.push(undefined)
    this.#checkDepth()
  }

  #closeFlow(kind: ']' | '}'): void {
    this.#forgetKey()
    if (this.#isFlow) this.#keys.pop()
    this.#keyAllowed = false
    const { line } = this.#text
    this.#text.skip(1)
    this.#queue.push({ kind, line, value: '' })
  }

  #blockEntry(): void {
    const { line, column } = this.#text
    if (!this.#isFlow) {
      if (!this.#keyAllowed) throw this.#text.error('block sequence entries are not allowed in this context')
      this.#roll(column, 'block sequence', line)
    }
    this.#forgetKey()
    this.#keyAllowed = true
    this.#sign('-', 1)
  }

  #explicitKey(): void {
    const { line, column } = this.#text
    if (!this.#isFlow) {
      if (!this.#keyAllowed) throw this.#text.error('mapping keys are not allowed in this context')
      this.#roll(column, 'block mapping', line)
    }
    this.#forgetKey()
    this.#keyAllowed = !this.#isFlow
    this.#sign('key', 1)
  }

  #value(): void {
    const key = this.#keys.at(-1)
    if (key && this.#isStillPossible(key)) {
      this.#queue.splice(key.number - this.#taken, 0, { kind: 'key', line: key.line, value: '' })
      this.#roll(key.column, 'block mapping', key.line, key.number)
      key.isPossible = false
      this.#keyAllowed = false
    } else {
      if (!this.#isFlow) {
        if (!this.#keyAllowed) throw this.#text.error('mapping values are not allowed in this context')
        this.#roll(this.#text.column, 'block mapping', this.#text.line)
      }
      this.#keyAllowed = !this.#isFlow
    }
    this.#sign('value', 1)
  }

  #anchor(kind: 'anchor' | 'alias'): void {
    this.#saveKey()
    this.#keyAllowed = false
    const { line } = this.#text
    this.#text.skip(1)
    const name = this.#text.match(anchorName)?.[0]
    const after = this.#text.code()
    if (name === undefined || !(isBlankOrEnd(after) || '?:,]}%@`'.includes(String.fromCharCode(after))))
      throw this.#text.error('did not find expected alphabetic or numeric character', line)
    this.#push({ kind, line, value: name })
  }

  #tag(): void {
    this.#saveKey()
    this.#keyAllowed = false
    const { line } = this.#text
    const found = this.#text.match(tagText)
    if (!found || !isBlankOrEnd(this.#text.code()))
      throw this.#text.error('did not find expected whitespace or line break', line)
    const [, verbatim, handle = '', rest = ''] = found
    if (verbatim !== undefined) this.#push({ kind: 'tag', line, value: verbatim, handle: '' })
    else if (handle === '!' && rest === '') this.#push({ kind: 'tag', line, value: '!', handle: '' })
    else this.#push({ kind: 'tag', line, value: rest, handle })
  }
}
