/**
 * Reads the descriptor set that `buf build` makes of `proto/` into the few facts the writers need: messages with their
 * fields, options resolved to their defaults, and comments.
 */
import { execFileSync } from 'node:child_process'
import {
  createFileRegistry,
  type DescField,
  type DescFile,
  type DescMessage,
  fromBinary,
  getOption,
} from '@bufbuild/protobuf'
import { type FileDescriptorSet, FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt'

export interface FieldModel {
  readonly name: string
  readonly number: number
  /** A scalar of libs/apimachinery's ScalarType, or the message. */
  readonly type: string | MessageModel
  readonly shape: 'one' | 'list' | 'map'
  readonly presence: 'pointer' | 'nullable' | 'omitempty' | 'always'
  readonly options: FieldOptions
  readonly comment: string
}

export interface MessageModel {
  readonly name: string
  readonly package: string
  /** API group; empty for core. */
  readonly group: string
  /** `v1`, or the last part of the package where it has no version. */
  readonly version: string
  readonly isKind: boolean
  readonly isAtomic: boolean
  readonly comment: string
  readonly fields: readonly FieldModel[]
}

export interface FieldOptions {
  readonly presence: number
  readonly inline: boolean
  readonly required: boolean
  readonly enum: readonly string[]
  readonly default?: string
  readonly list: number
  readonly listKeys: readonly string[]
  readonly atomic: boolean
  readonly patch: string
  readonly patchKey: string
  readonly typeName: string
}

interface MessageOptions {
  readonly kind: boolean
  readonly atomic: boolean
  readonly scalar: string
}

const optionsPackage = 'ensign.options.v1'
/** Position is the enum's number; see proto/ensign/options/v1/options.proto. */
const presences = [undefined, 'pointer', 'nullable', 'omitempty', 'always'] as const
/** Position is descriptor.proto's FieldDescriptorProto.Type. */
const scalarOfType: Readonly<Record<number, string>> = {
  1: 'double',
  3: 'int64',
  5: 'int32',
  8: 'bool',
  9: 'string',
  12: 'bytes',
}

/** Descriptors of everything under proto/, with source locations (for the comments). */
export function buildDescriptors(root: string): FileDescriptorSet {
  return fromBinary(
    FileDescriptorSetSchema,
    execFileSync('buf', ['build', '--output', '-'], { cwd: root, maxBuffer: 64 << 20 }),
  )
}

/** The API messages: those of files under proto/kubernetes, and of Ensign's own that set the group option. */
export function readModel(set: FileDescriptorSet): MessageModel[] {
  return new ModelReader(set).read()
}

class ModelReader {
  readonly #registry
  readonly #models = new Map<string, MessageModel>()
  readonly #comments = new Map<string, ReadonlyMap<string, string>>()

  constructor(set: FileDescriptorSet) {
    this.#registry = createFileRegistry(set)
  }

  read(): MessageModel[] {
    for (const file of this.#registry.files) {
      if (!this.#isApi(file)) continue
      for (const message of file.messages) if (!this.#scalarOf(message)) this.#message(message)
    }
    return [...this.#models.values()]
  }

  #isApi(file: DescFile): boolean {
    return file.proto.package.startsWith('k8s.io.') || this.#group(file) !== ''
  }

  #message(desc: DescMessage): MessageModel {
    const known = this.#models.get(desc.typeName)
    if (known) return known
    const options = this.#messageOptions(desc)
    const fields: FieldModel[] = []
    const model: MessageModel = {
      name: desc.name,
      package: desc.file.proto.package,
      group: this.#group(desc.file),
      version: versionOf(desc.file),
      isKind: options?.kind ?? false,
      isAtomic: options?.atomic ?? false,
      comment: this.#comment(desc.file, [4, desc.file.messages.indexOf(desc)]),
      fields,
    }
    // Entered before its fields are read, because messages may contain themselves.
    this.#models.set(desc.typeName, model)
    for (const field of desc.fields) fields.push(this.#field(desc, field))
    return model
  }

  #field(parent: DescMessage, desc: DescField): FieldModel {
    const options = this.#option<FieldOptions>('field', desc) ?? noFieldOptions
    const message = desc.message
    const scalar = message ? this.#scalarOf(message) : scalarOfType[desc.scalar ?? 0]
    if (!message && !scalar)
      throw new Error(`${parent.typeName}.${desc.name}: this protobuf type has no JSON form here`)
    const shape = desc.fieldKind === 'list' ? 'list' : desc.fieldKind === 'map' ? 'map' : 'one'
    const byItself = shape === 'one' && (message || desc.proto.proto3Optional) ? 'pointer' : 'omitempty'
    return {
      name: desc.name,
      number: desc.number,
      type: scalar ?? this.#message(message as DescMessage),
      shape,
      presence: presences[options.presence] ?? (options.required ? 'always' : byItself),
      // Lists of strings are named types in Go, which decoding errors call by name.
      options:
        scalar === 'stringList' && message
          ? { ...options, typeName: `${versionOf(message.file)}.${message.name}` }
          : options,
      comment: this.#comment(parent.file, [4, parent.file.messages.indexOf(parent), 2, parent.fields.indexOf(desc)]),
    }
  }

  #scalarOf(message: DescMessage): string | undefined {
    return this.#messageOptions(message)?.scalar || undefined
  }

  #messageOptions(message: DescMessage): MessageOptions | undefined {
    return this.#option<MessageOptions>('message', message)
  }

  #group(file: DescFile): string {
    return this.#option<string>('group', file) ?? ''
  }

  #option<T>(name: string, desc: DescFile | DescMessage | DescField): T | undefined {
    const extension = this.#registry.getExtension(`${optionsPackage}.${name}`)
    if (!extension) throw new Error(`proto/ensign/options lacks ${optionsPackage}.${name}`)
    // The extension is known only by its descriptor, so what it extends and its value's type are ours to state.
    return (getOption as (from: object, extension: object) => unknown)(desc, extension) as T | undefined
  }

  #comment(file: DescFile, path: number[]): string {
    let comments = this.#comments.get(file.name)
    if (!comments) {
      const locations = file.proto.sourceCodeInfo?.location ?? []
      comments = new Map(
        locations.map(({ path, leadingComments }) => [path.join(), leadingComments.replace(/\s+/g, ' ').trim()]),
      )
      this.#comments.set(file.name, comments)
    }
    return comments.get(path.join()) ?? ''
  }
}

function versionOf(file: DescFile): string {
  return file.proto.package.split('.').at(-1) ?? ''
}

const noFieldOptions: FieldOptions = {
  presence: 0,
  inline: false,
  required: false,
  enum: [],
  list: 0,
  listKeys: [],
  atomic: false,
  patch: '',
  patchKey: '',
  typeName: '',
}
