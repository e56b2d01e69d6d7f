/**
 * Path elements in the text form of FieldsV1: `f:name` a member, `k:{"name":"x"}` the element of a keyed list, `v:"x"` a
 * member of a set, `i:3` an element by its index.
 * Source: sigs.k8s.io/structured-merge-diff fieldpath/{element,serialize-pe}.go, value/{value,fields}.go
 */

import { compareStrings, goJson, goJsonString, goQuote } from './go-text.ts'
import { parsePlainJson } from './int64.ts'
import { keptDepthMax } from './limits.ts'
import type { ListKey } from './typed-schema.ts'

/** The canonical text form, so that equal elements are equal texts. */
export type PathElement = string

export const memberElement = (name: string): PathElement => `f:${name}`
export const setElement = (value: unknown): PathElement => `v:${goJson(value)}`

/** Undefined when the element of the list has none of the keys, and no key has a default. */
export function keyElement(
  keys: readonly ListKey[],
  element: Readonly<Record<string, unknown>>,
): PathElement | undefined {
  let text = ''
  for (const key of keys) {
    const value = Object.hasOwn(element, key.name) ? element[key.name] : key.default
    if (value !== undefined) text += `${text && ','}${goJsonString(key.name)}:${goJson(value)}`
  }
  return text ? `k:{${text}}` : undefined
}

/**
 * The canonical form of an element that somebody else wrote; undefined for kinds of elements that are not known here,
 * which count as not there.
 *
 * @throws SyntaxError when the text is no element
 */
export function parseElement(text: string): PathElement | undefined {
  if (text[1] !== ':')
    throw new SyntaxError(text.length < 2 ? 'key must be 2 characters long:' : `missing colon: ${text}`)
  const content = text.slice(2)
  switch (text[0]) {
    case 'f':
      return text
    case 'v':
      return setElement(valueIn(content))
    case 'k':
      return `k:${goJson(valueIn(content))}`
    case 'i':
      if (!/^[-+]?[0-9]+$/.test(content)) throw new SyntaxError(`"${content}" is no index`)
      return `i:${Number(content)}`
    default:
      return undefined
  }
}

/** No value of a key is a list of lists of lists; one that goes deeper than an object may would end the stack. */
function valueIn(json: string): unknown {
  const value = parsePlainJson(json)
  if (isDeeper(value, keptDepthMax)) throw new SyntaxError('exceeded max depth')
  return value
}

const isDeeper = (value: unknown, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((member) => isDeeper(member, depth - 1)))

/** Sorts in the order of FieldsV1: members, keyed elements, values, indexes, each in its own order. */
export function sortElements(elements: PathElement[]): PathElement[] {
  if (elements.length < 2) return elements
  return elements
    .map((element) => ({ element, kind: kinds.indexOf(element[0] as string), content: contentOf(element) }))
    .sort((a, b) => a.kind - b.kind || compareContents(a.content, b.content))
    .map(({ element }) => element)
}

const kinds = 'fkvi'

/** What is compared: a name, an index, or the value of a key or a member of a set. */
function contentOf(element: PathElement): unknown {
  const text = element.slice(2)
  return element[0] === 'f' ? text : parsePlainJson(text)
}

const compareContents = (a: unknown, b: unknown): number =>
  typeof a === 'string' && typeof b === 'string' ? compareStrings(a, b) : compareValues(a, b)

function compareKeys(a: object, b: object): number {
  const left = Object.entries(a)
  const right = Object.entries(b)
  for (const [i, [name, value]] of left.entries()) {
    const other = right[i]
    if (!other) return 1
    const order = compareStrings(name, other[0]) || compareValues(value, other[1])
    if (order !== 0) return order
  }
  return left.length - right.length
}

const kindOrder = ['number', 'string', 'boolean', 'list', 'map', 'null'] as const

function kindOf(value: unknown): (typeof kindOrder)[number] {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'object' ? 'map' : (typeof value as 'number' | 'string' | 'boolean')
}

/** A total order of JSON values. */
function compareValues(a: unknown, b: unknown): number {
  const kind = kindOf(a)
  const order = kindOrder.indexOf(kind) - kindOrder.indexOf(kindOf(b))
  if (order !== 0) return order
  switch (kind) {
    case 'string':
      return compareStrings(a as string, b as string)
    case 'list':
      return compareLists(a as unknown[], b as unknown[])
    case 'map':
      return compareKeys(a as object, b as object)
    case 'null':
      return 0
    default:
      return Number(a) - Number(b)
  }
}

function compareLists(a: readonly unknown[], b: readonly unknown[]): number {
  for (const [i, value] of a.entries()) {
    if (i >= b.length) return 1
    const order = compareValues(value, b[i])
    if (order !== 0) return order
  }
  return a.length - b.length
}

/** As texts for people show it: `.name`, `[name="x",protocol="TCP"]`, `[="x"]`, `[3]`. */
export function showElement(element: PathElement): string {
  const content = element.slice(2)
  switch (element[0]) {
    case 'k': {
      const keys = Object.entries(parsePlainJson(content) as object)
      return `[${keys.map(([name, value]) => `${name}=${showValue(value)}`).join(',')}]`
    }
    case 'v':
      return `[=${showValue(parsePlainJson(content))}]`
    case 'i':
      return `[${content}]`
    default:
      return `.${content}`
  }
}

function showValue(value: unknown): string {
  if (typeof value === 'string') return goQuote(value)
  if (Array.isArray(value)) return `[${value.map(showValue).join(',')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, member]) => `${name}=${showValue(member)}`)
    .join('')
}
