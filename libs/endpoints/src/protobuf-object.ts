import { encodeProtobuf, type MessageSchema, wrapUnknown } from '@ensign/apimachinery'

/** An object in the envelope that names its kind. Source: apimachinery pkg/runtime/serializer/protobuf/protobuf.go */
export function protobufObject(schema: MessageSchema, object: { kind?: string; apiVersion?: string }): Uint8Array {
  return wrapUnknown({ apiVersion: object.apiVersion ?? '', kind: object.kind ?? '' }, encodeProtobuf(schema, object))
}

/** What stands before so many bytes in a field: its tag and their number. */
export function lengthPrefix(field: number, bytes: number): Uint8Array {
  const prefix: number[] = [(field << 3) | 2]
  let rest = bytes
  while (rest > 0x7f) {
    prefix.push((rest & 0x7f) | 0x80)
    rest >>>= 7
  }
  prefix.push(rest)
  return Buffer.from(prefix)
}
