import { encodeProtobuf, type MessageSchema, wrapUnknown } from '@ensign/apimachinery'

/** An object in the envelope that names its kind. Source: apimachinery pkg/runtime/serializer/protobuf/protobuf.go */
export function protobufObject(schema: MessageSchema, object: { kind?: string; apiVersion?: string }): Uint8Array {
  return wrapUnknown({ apiVersion: object.apiVersion ?? '', kind: object.kind ?? '' }, encodeProtobuf(schema, object))
}
