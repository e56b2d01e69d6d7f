/**
 * The runtime schema: what the generator makes of `proto/kubernetes`, and what drives the protobuf codec, JSON decoding
 * and pruning, strategic merge patches, server-side apply and OpenAPI. Nothing here knows a kind by name.
 */

/**
 * Kinds of values that are not messages. Beside protobuf's own there are those whose JSON form differs from their
 * protobuf message:
 *
 * - `time`, `microTime`: RFC 3339 text, with no fraction or with six digits (message: seconds and nanos);
 * - `intOrString`: a number or a string; `quantity`: text such as `100m`;
 * - `rawExtension`, `fieldsV1`: any JSON (message: its bytes);
 * - `stringList`: a list of strings (message: `repeated string items`);
 * - `bytes`: base64 text.
 */
export type ScalarType =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'double'
  | 'bytes'
  | 'time'
  | 'microTime'
  | 'intOrString'
  | 'quantity'
  | 'rawExtension'
  | 'fieldsV1'
  | 'stringList'

/**
 * When a member is written to JSON, as the Go types' struct tags have it.
 *
 * - `pointer`: whenever it was set, even to its zero value;
 * - `nullable`: as pointer, but `null` while unset;
 * - `omitempty`: unless it is the zero value, or an empty list or map;
 * - `always`: the zero value included; an unset list, map, `bytes` or time is `null`, an unset message `{}`.
 */
export type Presence = 'pointer' | 'nullable' | 'omitempty' | 'always'

export interface FieldSchema {
  /** Name of the JSON member. Of an inline field, whose members stand in the parent, the name in the .proto file. */
  readonly name: string
  /** Field number on the wire. */
  readonly number: number
  /** Type of the value, of a list's elements or of a map's values. A function, because schemas refer to each other. */
  readonly type: ScalarType | (() => MessageSchema)
  readonly presence: Presence
  readonly repeated?: true
  /** A map with string keys. */
  readonly map?: true
  /** The message's members stand in the parent's JSON object. */
  readonly inline?: true
  readonly required?: true
  readonly enum?: readonly string[]
  /** What an absent member stands for. */
  readonly default?: string | number | boolean
  readonly listType?: 'atomic' | 'set' | 'map'
  /** Members that identify an element of a list with `listType: 'map'`. */
  readonly listMapKeys?: readonly string[]
  readonly mapType?: 'atomic'
  readonly structType?: 'atomic'
  readonly patchStrategy?: readonly ('merge' | 'replace' | 'retainKeys')[]
  readonly patchMergeKey?: string
  /** Go's name of a string type, for decoding errors: `v1.SecretType`. */
  readonly goType?: string
}

export interface MessageSchema {
  /** Name in OpenAPI: `io.k8s.api.core.v1.ServiceAccount`. */
  readonly name: string
  /** Go's name, for decoding errors: `v1.ServiceAccount`. */
  readonly goName: string
  /** Of a kind, whose JSON form starts with `kind` and `apiVersion`. */
  readonly kind?: GroupVersionKind
  readonly structType?: 'atomic'
  /** In the order of the Go struct, which is the order of the JSON form. */
  readonly fields: readonly FieldSchema[]
}

export interface GroupVersionKind {
  /** Empty for core. */
  readonly group: string
  readonly version: string
  readonly kind: string
}
