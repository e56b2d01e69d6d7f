/** Protobuf messages byte by byte, as no encoder would write them. */

export const concat = (parts: readonly Uint8Array[]): Buffer => Buffer.concat(parts)

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(Math.floor(value / 128 ** bytes.length))
  return Buffer.from(bytes)
}

/** A member with a length: a message, a text, bytes. */
export function member(number: number, content: Uint8Array | string): Buffer {
  const bytes = Buffer.from(content)
  return Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes])
}

export const mapEntry = (number: number, key: string, value: string): Buffer =>
  member(number, Buffer.concat([member(1, key), member(2, value)]))

/** The envelope around objects, with a ConfigMap's type. */
export const unknownOf = (raw: Uint8Array): Buffer =>
  Buffer.concat([
    Buffer.from('k8s\0'),
    member(1, Buffer.concat([member(1, 'v1'), member(2, 'ConfigMap')])),
    member(2, raw),
  ])

/** A ConfigMap of these members behind its name. */
export const configMapMessage = (...members: readonly Uint8Array[]): Buffer =>
  unknownOf(Buffer.concat([member(1, member(1, 'hostile')), ...members]))

/** Messages inside each other. */
export function nested(depth: number): Buffer {
  let message: Buffer = Buffer.alloc(0)
  for (let i = 0; i < depth; i++) message = member(1, message)
  return message
}
