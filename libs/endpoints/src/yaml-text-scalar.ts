/**
 * The three ways to write a scalar over several lines. Line ends are folded: one becomes a space, of more the first goes.
 * Source: go.yaml.in/yaml/v2 scannerc.go
 */
import { isBlank, isBlankOrEnd, isBreak, type YamlText } from './yaml-text.ts'

/** @param indent columns from which on its further lines begin, outside of flow collections */
export function plainScalar(
  text: YamlText,
  indent: number,
  isFlow: boolean,
): { value: string /** Line ends behind it were read too. */; endsLine: boolean } {
  const { line } = text
  let value = ''
  let gap = ''
  let endsLine = false
  while (!text.atDocumentMark() && text.code() !== 0x23) {
    const start = text.at
    while (!endsPlain(text, isFlow)) text.at++
    if (text.at > start) {
      value += gap + text.slice(start, text.at)
      endsLine = false
    }
    if (!isBlank(text.code()) && !isBreak(text.code())) break
    const { folded, lines } = foldedBlanks(text, line, indent)
    gap = folded
    endsLine = lines > 0
    if (!isFlow && text.column < indent) break
  }
  return { value, endsLine }
}

function endsPlain(text: YamlText, isFlow: boolean): boolean {
  const code = text.code()
  if (isBlankOrEnd(code)) return true
  if (code === 0x3a) return isBlankOrEnd(text.code(1))
  return isFlow && (code === 0x2c || code === 0x3f || code === 0x5b || code === 0x5d || code === 0x7b || code === 0x7d)
}

/** Past blanks and line ends inside of a scalar, and what they stand for. */
function foldedBlanks(text: YamlText, firstLine: number, indent?: number): { folded: string; lines: number } {
  const start = text.at
  text.skipBlanks(true)
  if (!isBreak(text.code())) return { folded: text.slice(start, text.at), lines: 0 }
  const first = text.skipBreak()
  const further = new LineEnds()
  for (;;) {
    if (indent === undefined) text.skipBlanks(true)
    else {
      text.skipBlanks(false)
      while (text.code() === 0x09) {
        if (text.column < indent) throw text.error('found a tab character that violates indentation', firstLine)
        text.skipBlanks(true)
      }
    }
    if (!isBreak(text.code())) break
    further.add(text.skipBreak())
  }
  const rest = further.toString()
  return { folded: first === '\n' ? rest || ' ' : first + rest, lines: 1 + further.count }
}

/** Many line ends as one text, without a text for each. */
class LineEnds {
  count = 0
  #before = ''
  #newlines = 0

  add(lineEnd: string): void {
    this.count++
    if (lineEnd === '\n') this.#newlines++
    else {
      this.#before = this.toString() + lineEnd
      this.#newlines = 0
    }
  }

  toString(): string {
    return this.#before + '\n'.repeat(this.#newlines)
  }
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u001b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
}
const codeLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }

/** @param quote the code of the sign that it begins and ends with */
export function quotedScalar(text: YamlText, quote: number): string {
  const { line } = text
  const isDouble = quote === 0x22
  let value = ''
  text.skip(1)
  for (;;) {
    if (text.atDocumentMark()) throw text.error('found unexpected document indicator', line)
    if (Number.isNaN(text.code())) throw text.error('found unexpected end of stream', line)
    let start = text.at
    let joinsLines = false
    for (let code = text.code(); !isBlankOrEnd(code); code = text.code()) {
      const isQuote = code === quote
      if (isQuote && (isDouble || text.code(1) !== quote)) break
      if (!isQuote && !(isDouble && code === 0x5c)) {
        text.at++
        continue
      }
      value += text.slice(start, text.at)
      if (isQuote) {
        value += "'"
        text.skip(2)
      } else if (isBreak(text.code(1))) {
        text.skip(1)
        text.skipBreak()
        joinsLines = true
        start = text.at
        break
      } else value += escaped(text, line)
      start = text.at
    }
    value += text.slice(start, text.at)
    if (text.code() === quote && !joinsLines) {
      text.skip(1)
      return value
    }
    if (joinsLines) value += blanksAfterJoin(text)
    else if (!Number.isNaN(text.code())) value += foldedBlanks(text, line).folded
  }
}

/** Behind a line end that was escaped, blanks go and further line ends stay. */
function blanksAfterJoin(text: YamlText): string {
  const ends = new LineEnds()
  for (;;) {
    text.skipBlanks(true)
    if (!isBreak(text.code())) return ends.toString()
    ends.add(text.skipBreak())
  }
}

function escaped(text: YamlText, line: number): string {
  const letter = String.fromCharCode(text.code(1))
  const length = codeLengths[letter]
  if (length === undefined) {
    const character = escapes[letter]
    if (character === undefined) throw text.error('found unknown escape character', line)
    text.skip(2)
    return character
  }
  text.skip(2)
  const digits = text.slice(text.at, text.at + length)
  if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits))
    throw text.error('did not find expected hexdecimal number', line)
  const code = Number.parseInt(digits, 16)
  if ((code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff)
    throw text.error('found invalid Unicode character escape code', line)
  text.skip(length)
  return String.fromCodePoint(code)
}

/** @param parentIndent column of the block that it stands in */
export function blockScalar(text: YamlText, parentIndent: number, isLiteral: boolean): string {
  const { line } = text
  text.skip(1)
  const { chomping, increment } = blockHeader(text, line)
  const from = Math.max(parentIndent, 0)
  let indent = increment === 0 ? 0 : from + increment
  const leading = new LineEnds()
  let widest = 0
  for (;;) {
    skipIndent(text, indent, line)
    widest = Math.max(widest, text.column)
    if (!isBreak(text.code())) break
    leading.add(text.skipBreak())
  }
  if (indent === 0) indent = Math.max(widest, parentIndent + 1, 1)

  let value = ''
  let pending = leading.toString()
  let lineEnd = ''
  let wasMoreIndented = false
  while (text.column === indent && !Number.isNaN(text.code())) {
    const isMoreIndented = isBlank(text.code())
    if (!isLiteral && lineEnd === '\n' && !wasMoreIndented && !isMoreIndented) value += pending === '' ? ' ' : ''
    else value += lineEnd
    value += pending
    const start = text.at
    text.skipComment()
    value += text.slice(start, text.at)
    wasMoreIndented = isMoreIndented
    lineEnd = ''
    pending = ''
    if (Number.isNaN(text.code())) break
    lineEnd = text.skipBreak()
    const further = new LineEnds()
    for (;;) {
      skipIndent(text, indent, line)
      if (!isBreak(text.code())) break
      further.add(text.skipBreak())
    }
    pending = further.toString()
  }
  return chomping === '-' ? value : chomping === '+' ? value + lineEnd + pending : value + lineEnd
}

/** The signs behind `|` or `>`, and the rest of their line. */
function blockHeader(text: YamlText, line: number): { chomping: string; increment: number } {
  let chomping = ''
  let increment = 0
  for (let i = 0; i < 2; i++) {
    const sign = String.fromCharCode(text.code())
    if (chomping === '' && (sign === '+' || sign === '-')) chomping = sign
    else if (sign === '0') throw text.error('found an indentation indicator equal to 0', line)
    else if (increment === 0 && sign >= '1' && sign <= '9') increment = Number(sign)
    else break
    text.skip(1)
  }
  text.skipBlanks(true)
  if (text.code() === 0x23) text.skipComment()
  if (isBreak(text.code())) text.skipBreak()
  else if (!Number.isNaN(text.code())) throw text.error('did not find expected comment or line break', line)
  return { chomping, increment }
}

/** @param indent columns to skip; 0 when it is not known yet */
function skipIndent(text: YamlText, indent: number, line: number): void {
  while ((indent === 0 || text.column < indent) && text.code() === 0x20) text.at++
  if ((indent === 0 || text.column < indent) && text.code() === 0x09)
    throw text.error('found a tab character where an indentation space is expected', line)
}
