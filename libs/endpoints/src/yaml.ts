/**
 * Values as Kubernetes writes YAML: keys in order, lists as far left as their key, and in quotes what a reader of
 * YAML 1.1 would take for something else than text, such as times.
 * Source: sigs.k8s.io/yaml, go.yaml.in/yaml/v2 {encode,emitterc,sorter}.go
 */
import { compareKeys, keyNeedsSign, numberText } from './yaml-key.ts'
import { block, folded, isBlock, isPlain, quoted } from './yaml-string.ts'

/** @param value JSON; what is undefined is left out of objects */
export function yaml(value: unknown): string {
  const writer = new Writer()
  writer.root(plain(value))
  return writer.text
}

const indentStep = 2

class Writer {
  text = ''
  /** Where the last line begins in the text. */
  #lineStart = 0

  root(value: unknown): void {
    if (isLeaf(value)) this.#scalar(value, indentStep)
    else if (Array.isArray(value)) this.#list(value, 0, true)
    else this.#map(value as object, 0, true)
    this.#newLine(0)
  }

  /** @param onLine the first key stands where the text ends, not on a line of its own */
  #map(map: object, indent: number, onLine: boolean): void {
    let isFirst = onLine
    for (const key of keysOf(map)) {
      const member = (map as Readonly<Record<string, unknown>>)[key]
      if (member === undefined) continue
      if (isFirst) isFirst = false
      else this.#newLine(indent)
      if (keyNeedsSign(key)) this.#signedMember(key, member, indent)
      else {
        this.#key(key)
        this.#memberValue(plain(member), indent)
      }
    }
  }

  #key(key: string): void {
    this.text += `${isPlain(key) ? key : quoted(key)}:`
  }

  #memberValue(value: unknown, indent: number): void {
    if (isLeaf(value)) {
      this.text += ' '
      this.#scalar(value, indent + indentStep)
    } else if (Array.isArray(value)) this.#list(value, indent, false)
    else {
      this.#newLine(indent + indentStep)
      this.#map(value as object, indent + indentStep, true)
    }
  }

  /** Keys that are long or have line ends stand behind a sign, their values on another line. */
  #signedMember(key: string, member: unknown, indent: number): void {
    this.text += '? '
    this.#scalar(key, indent + indentStep)
    this.#newLine(indent)
    this.text += ': '
    this.#item(plain(member), indent)
  }

  #list(list: readonly unknown[], indent: number, onLine: boolean): void {
    let isFirst = onLine
    for (const item of list) {
      if (isFirst) isFirst = false
      else this.#newLine(indent)
      this.text += '- '
      this.#item(plain(item), indent)
    }
  }

  /** What stands behind a sign and a space. */
  #item(value: unknown, indent: number): void {
    if (isLeaf(value)) this.#scalar(value, indent + indentStep)
    else if (Array.isArray(value)) this.#list(value, indent + indentStep, true)
    else this.#map(value as object, indent + indentStep, true)
  }

  /** A block of lines ends its last line itself. */
  #newLine(indent: number): void {
    if (this.text.length > this.#lineStart) this.text += '\n'
    this.#lineStart = this.text.length
    this.text += ' '.repeat(indent)
  }

  /** @param indent of further lines */
  #scalar(value: unknown, indent: number): void {
    if (typeof value === 'string') this.#string(value, indent)
    else if (typeof value === 'number') this.text += numberText(value)
    else if (typeof value === 'boolean' || typeof value === 'bigint') this.text += String(value)
    else if (typeof value === 'object' && value !== null) this.text += Array.isArray(value) ? '[]' : '{}'
    else this.text += 'null'
  }

  #string(value: string, indent: number): void {
    const column = this.text.length - this.#lineStart
    const written = isPlain(value)
      ? folded(value, column, indent)
      : isBlock(value)
        ? block(value, indent)
        : folded(quoted(value), column, indent)
    this.text += written
    const lineEnd = written.lastIndexOf('\n')
    if (lineEnd >= 0) this.#lineStart = this.text.length - written.length + lineEnd + 1
  }
}

/** Values that have a JSON form of their own, in that form. */
function plain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  return 'toJSON' in value && typeof value.toJSON === 'function' ? value.toJSON() : value
}

/** True for what is written where it stands: scalars, and lists and maps of nothing. */
function isLeaf(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (Array.isArray(value)) return value.length === 0
  for (const key in value) if ((value as Record<string, unknown>)[key] !== undefined) return false
  return true
}

function keysOf(map: object): string[] {
  const keys = Object.keys(map)
  for (let i = 1; i < keys.length; i++)
    if (compareKeys(keys[i - 1] as string, keys[i] as string) > 0) return keys.sort(compareKeys)
  return keys
}
