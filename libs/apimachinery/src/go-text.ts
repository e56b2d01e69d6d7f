/**
 * Values as Go prints them, where Kubernetes puts them into texts that clients see.
 * Source: Go strconv/quote.go, fmt/print.go, encoding/json/encode.go
 */

/** The text, or how it begins: what errors repeat of what was sent is bounded. */
export const cut = (text: string, charactersMax: number): string =>
  text.length <= charactersMax ? text : `${text.slice(0, charactersMax).toWellFormed()}...`

/** A rune that Go prints as it is. Source: unicode.IsPrint. */
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u
const plainText = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/
const namedEscapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

export const isPrintable = (character: string): boolean => printable.test(character)

/** `%q` of a string. */
export function goQuote(text: string): string {
  if (plainText.test(text)) return `"${text}"`
  let quoted = ''
  for (const character of text.toWellFormed()) quoted += namedEscapes[character] ?? escaped(character)
  return `"${quoted}"`
}

function escaped(character: string): string {
  if (isPrintable(character)) return character
  const code = character.codePointAt(0) as number
  if (code < 0x80) return `\\x${hex(code, 2)}`
  return code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`
}

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0')

/** `%v` of decoded JSON: `map[a:1 b:[x y]]`. */
export function goValue(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goValue).join(' ')}]`
  if (typeof value !== 'object') return String(value)
  return `map[${entriesInOrder(value)
    .map(([key, member]) => `${key}:${goValue(member)}`)
    .join(' ')}]`
}

/** `%#v` of decoded JSON: `map[string]interface {}{"a":1}`. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value === 'string') return goQuote(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`
  if (typeof value !== 'object') return String(value)
  return `map[string]interface {}{${entriesInOrder(value)
    .map(([key, member]) => `${goQuote(key)}:${goSyntax(member)}`)
    .join(', ')}}`
}

/** `%T` of decoded JSON. */
export function goType(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return '[]interface {}'
  if (typeof value === 'object') return 'map[string]interface {}'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'bigint') return 'int64'
  return typeof value === 'number' ? (Number.isInteger(value) ? 'int64' : 'float64') : 'string'
}

/** Text that is the same in JSON. */
const plainJson = /^[\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\x5b\x5d-\x7e]*$/
const hasEscapedInJson = /[<>&\u2028\u2029]|\\[bf]/

/** A string as encoding/json writes it, which escapes what HTML could take for markup. */
export function goJsonString(text: string): string {
  if (plainJson.test(text)) return `"${text}"`
  const json = JSON.stringify(text.toWellFormed())
  if (!hasEscapedInJson.test(json)) return json
  return json.replace(/\\\\|[<>&\u2028\u2029]|\\[bf]/g, (found) => {
    if (found === '\\\\') return found
    const code = found === '\\b' ? 8 : found === '\\f' ? 12 : (found.codePointAt(0) as number)
    return `\\u${hex(code, 4)}`
  })
}

/**
 * Decoded JSON as encoding/json writes it, without spaces.
 *
 * @param isMap true for an object whose keys come in order; what is no map is written as it is
 */
export function goJson(value: unknown, isMap: (object: object) => boolean = () => true): string {
  if (typeof value === 'string') return goJsonString(value)
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map((element) => goJson(element, isMap)).join(',')}]`
  const entries = isMap(value) ? entriesInOrder(value) : presentEntries(value)
  return `{${entries.map(([key, member]) => `${goJsonString(key)}:${goJson(member, isMap)}`).join(',')}}`
}

const presentEntries = (value: object): [string, unknown][] =>
  Object.entries(value).filter(([, member]) => member !== undefined)

const entriesInOrder = (value: object): [string, unknown][] =>
  presentEntries(value).sort(([a], [b]) => compareStrings(a, b))

/** The order of strings in Go, which compares bytes of UTF-8 where JavaScript compares units of UTF-16. */
export function compareStrings(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const left = a.charCodeAt(i)
    const right = b.charCodeAt(i)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Surrogates stand for code points above all others. */
const rank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800)
