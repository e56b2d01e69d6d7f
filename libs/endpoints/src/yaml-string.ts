/**
 * Text as YAML has it: plain, in quotes, or as a block of lines, whichever Go's library would choose.
 * Source: go.yaml.in/yaml/v2 emitterc.go, encode.go
 */
import { needsQuotes } from './yaml-scalar.ts'

/** What most values are. */
const simpleWord = /^[A-Za-z][A-Za-z0-9_./-]*$/
const word = /^[A-Za-z]{6}/

const unprintable = /[^\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/
const isTrimmed = /^[^ \n](?:.*[^ \n])?$/s
const indicatorFirst = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?: |$)|---|\.\.\.)/
const indicatorInside = /:(?: |$)|[ \n]#/

/** True for one line that may stand without quotes. */
export const isPlain = (text: string): boolean =>
  simpleWord.test(text)
    ? word.test(text) || !needsQuotes(text)
    : isTrimmed.test(text) &&
      !text.includes('\n') &&
      !unprintable.test(text) &&
      !indicatorFirst.test(text) &&
      !indicatorInside.test(text) &&
      !needsQuotes(text)

/** True for lines that read back as they are: no line ends with a space. */
export const isBlock = (text: string): boolean =>
  text.includes('\n') && !text.endsWith(' ') && !text.includes(' \n') && !unprintable.test(text)

/** @param indent of each line */
export function block(text: string, indent: number): string {
  const pad = ' '.repeat(indent)
  const hint = text[0] === ' ' || text[0] === '\n' ? '2' : ''
  const chomping = !text.endsWith('\n') ? '-' : text.length === 1 || text.endsWith('\n\n') ? '+' : ''
  return `|${hint}${chomping}\n${text[0] === '\n' ? '' : pad}${text.replace(/\n(?!\n|$)/g, `\n${pad}`)}`
}

/** In double quotes where a reader would not see text, or not the same text; else in single quotes. */
export function quoted(text: string): string {
  const isDouble = text.includes('\n') || unprintable.test(text) || needsQuotes(text)
  return isDouble ? `"${text.replace(escapedInQuotes, escapeOf)}"` : `'${text.replaceAll("'", "''")}'`
}

const escapedInQuotes =
  /[\ud800-\udbff][\udc00-\udfff]|[^\x20\x21\x23-\x5b\x5d-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]/g

const named: Readonly<Record<string, string>> = {
  '\0': '0',
  '\u0007': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\u001b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u2028': 'L',
  '\u2029': 'P',
}

function escapeOf(character: string): string {
  const letter = named[character]
  if (letter !== undefined) return `\\${letter}`
  const code = character.codePointAt(0) as number
  const [sign, digits] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8]
  return `\\${sign}${code
    .toString(16)
    .toUpperCase()
    .padStart(digits as number, '0')}`
}

/** Column behind which a line is broken at the next space. */
const lineColumns = 80

/**
 * Written text with lines broken between two words.
 *
 * @param column at which it begins
 * @param indent of the further lines
 */
export function folded(written: string, column: number, indent: number): string {
  if (column + written.length <= lineColumns || !written.includes(' ')) return written
  const quote = written[0]
  const isDouble = quote === '"'
  const [from, to] = isDouble || quote === "'" ? [2, written.length - 2] : [0, written.length]
  const lineEnd = `\n${' '.repeat(indent)}`
  let out = ''
  let copied = 0
  let lineFrom = -column
  for (let at = written.indexOf(' ', lineFrom + lineColumns + 1); at >= 0 && at < to; at = written.indexOf(' ', at)) {
    const next = written[at + 1]
    if (at < from || written[at - 1] === ' ' || (next === ' ' && !isDouble)) {
      at++
      continue
    }
    out += written.slice(copied, at) + lineEnd + (next === ' ' ? '\\' : '')
    copied = at + 1
    lineFrom = copied - indent - (next === ' ' ? 1 : 0)
    at = Math.max(copied, lineFrom + lineColumns + 1)
  }
  return out + written.slice(copied)
}
