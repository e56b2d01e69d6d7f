/**
 * One stored object at one revision. Only its JSON text is always there; the parsed value and the bytes of each
 * representation are made when first asked for, and dropped again when many other objects were asked for since.
 */
import {
  type AnyResourceDefinition,
  apiVersionOf,
  inSchemaOrder,
  type KubeObject,
  type MessageSchema,
  ObjectMetaSchema,
  parsePlainJson,
} from '@ensign/apimachinery'
import type { Revision } from '@ensign/store'
import { KeptBytes } from './kept-bytes.ts'
import { limits } from './limits.ts'
import { resourceVersionOf } from './resource-version.ts'

/** How the stored JSON of a kind becomes the JSON that is served. */
export interface KindEncoding {
  /** `{"kind":"ServiceAccount","apiVersion":"v1",`, which an item of a list goes without. */
  readonly prefix: string
  readonly kind: string
  readonly apiVersion: string
  /** Top-level members in their order, without kind and apiVersion. */
  readonly members: readonly string[]
  readonly schema: MessageSchema
  /** Members of `metadata` in their order, without resourceVersion, which is not stored. */
  readonly metadataMembers: readonly string[]
}

export function kindEncoding(definition: AnyResourceDefinition): KindEncoding {
  const { kind } = definition
  const apiVersion = apiVersionOf(definition)
  return {
    kind,
    apiVersion,
    members: definition.schema.fields.map((f) => f.name),
    schema: definition.schema,
    metadataMembers: ObjectMetaSchema.fields.map((f) => f.name).filter((name) => name !== 'resourceVersion'),
    prefix: `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`,
  }
}

const closingBrace = 0x7d
const quote = 0x22
const backslash = 0x5c
/** What a stored text begins with, behind its brace. */
const metadataHead = '"metadata":'
const openingBrace = 0x7b
const uidMember = '"uid":"'
const uidLength = 36

/** Bytes that are right for some time. */
export interface Passing {
  readonly bytes: Uint8Array
  /** Milliseconds since the epoch; infinite where time changes nothing. */
  readonly until: number
}

export class CachedObject {
  readonly key: string
  readonly namespace: string
  readonly name: string
  readonly revision: Revision
  readonly #encoding: KindEncoding
  readonly #stored: string
  #object: KubeObject | undefined
  #json: Buffer | undefined
  #others: Map<string, Passing> | undefined
  readonly #recent: Recent
  #isRecent = false

  constructor(key: string, revision: Revision, stored: string, encoding: KindEncoding, recent: Recent) {
    const slash = key.indexOf('/')
    this.key = key
    this.namespace = slash < 0 ? '' : key.slice(0, slash)
    this.name = slash < 0 ? key : key.slice(slash + 1)
    this.revision = revision
    this.#stored = stored
    this.#encoding = encoding
    this.#recent = recent
  }

  /** The JSON text that the store holds: without kind, apiVersion and resourceVersion. */
  get stored(): string {
    return this.#stored
  }

  /** The parsed object, shared by all readers: never change it. */
  get object(): Readonly<KubeObject> {
    if (!this.#object) {
      this.#object = parsePlainJson(this.text) as KubeObject
      this.#remember()
    }
    return this.#object
  }

  /** The object as JSON with a newline at its end, as a GET answers it. */
  get json(): Buffer {
    if (!this.#json) {
      this.#json = this.#recent.bytes.text(`${this.text}\n`)
      this.#remember()
    }
    return this.#json
  }

  /** The same without the newline, as text. Not kept. */
  get text(): string {
    return this.#textBehind(this.#encoding.prefix)
  }

  /** JSON of the object as an item of a list, where kind and apiVersion are left out. Not kept. */
  get item(): string {
    return this.#textBehind('{')
  }

  /** The object's metadata as JSON, cut out of the text: whoever looks at metadata alone looks at very many objects. */
  get metadataJson(): string {
    return memberText(this.#textBehind(''), metadataHead)
  }

  /** Bytes of another representation, made once per revision. */
  encoded(representation: string, encode: (object: Readonly<KubeObject>) => Uint8Array): Uint8Array {
    return this.kept(representation, () => encode(this.object))
  }

  /** The same for bytes that are made without parsing the object. */
  kept(representation: string, make: () => Uint8Array): Uint8Array {
    return this.keptUntil(representation, 0, () => ({ bytes: make(), until: Number.POSITIVE_INFINITY })).bytes
  }

  /** The same for bytes that hold for a while: they are made again when `now`, in milliseconds since the epoch, is later. */
  keptUntil(representation: string, now: number, make: () => Passing): Passing {
    const known = this.#others?.get(representation)
    if (known && now < known.until) return known
    const { bytes, until } = make()
    const kept = { bytes: this.#recent.bytes.copy(bytes), until }
    this.#others ??= new Map()
    this.#others.set(representation, kept)
    this.#remember()
    return kept
  }

  /** The same content at a later revision: what a DELETED event shows. */
  at(revision: Revision): CachedObject {
    return new CachedObject(this.key, revision, this.#stored, this.#encoding, this.#recent)
  }

  /** A copy that the caller may change. */
  copy(): KubeObject {
    return parsePlainJson(this.text) as KubeObject
  }

  /** Forgets everything that can be made again. */
  shrink(): void {
    this.#object = undefined
    this.#json = undefined
    this.#others = undefined
    this.#isRecent = false
  }

  #remember(): void {
    if (this.#isRecent) return
    this.#isRecent = true
    this.#recent.add(this)
  }

  /** resourceVersion goes behind uid, where Kubernetes has it. The first `"uid":"` is metadata's: only names, which hold no quotes, stand before it. */
  #textBehind(prefix: string): string {
    // What was not stored (a dry run) has no resourceVersion.
    if (this.revision === 0) return prefix + this.#stored.slice(1)
    const at = this.#stored.indexOf(uidMember) + uidMember.length + uidLength + 1
    return `${prefix}${this.#stored.slice(1, at)},"resourceVersion":"${resourceVersionOf(this.revision)}"${this.#stored.slice(at)}`
  }
}

/**
 * The text to store for an object. Members stand in the schema's order, whatever hooks and patches did to it, so that
 * equal objects have equal texts.
 */
export function storedText(object: KubeObject, { members, metadataMembers, schema }: KindEncoding): string {
  const given = inSchemaOrder<object>(schema, object) as Record<string, unknown>
  const ordered: Record<string, unknown> = { metadata: undefined }
  copyMembers(given, members, ordered)
  ordered['metadata'] = copyMembers(given['metadata'] as Record<string, unknown>, metadataMembers, {})
  return JSON.stringify(ordered)
}

/** What is set of `members`, in their order. */
function copyMembers(
  from: Readonly<Record<string, unknown>>,
  members: readonly string[],
  to: Record<string, unknown>,
): Record<string, unknown> {
  for (const member of members) {
    const value = from[member]
    if (value !== undefined) to[member] = value
  }
  return to
}

/** The text of the object that is the value of a member, which the text begins with. */
function memberText(text: string, head: string): string {
  let depth = 0
  for (let at = head.length; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) at = endOfString(text, at)
    else if (code === openingBrace) depth++
    else if (code === closingBrace && --depth === 0) return text.slice(head.length, at + 1)
  }
  throw new Error('a stored object does not begin with its metadata')
}

/** Where the string ends that begins at `from`. A quote behind an odd number of backslashes belongs to it. */
function endOfString(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); ; at = text.indexOf('"', at + 1)) {
    let before = at - 1
    while (text.charCodeAt(before) === backslash) before--
    if ((at - before) % 2 === 1) return at
  }
}

/** Bounds how many objects are kept parsed and encoded: a ring in which the newest takes the oldest one's place. Each is in it once. */
export class Recent {
  readonly bytes = new KeptBytes()
  readonly #ring: (CachedObject | undefined)[] = []
  readonly #size: number
  #next = 0

  constructor(size: number = limits.materializedObjectsMax) {
    this.#size = size
  }

  add(object: CachedObject): void {
    this.#ring[this.#next]?.shrink()
    this.#ring[this.#next] = object
    this.#next = (this.#next + 1) % this.#size
  }
}
