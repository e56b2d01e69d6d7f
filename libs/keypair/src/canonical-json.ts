/** Anything JSON can hold. Members that are `undefined` are left out. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined }

/**
 * JSON with the members of every object in alphabetical order, which is how claims leave Kubernetes: they are merged
 * through a Go map there (go-jose jwt/builder.go).
 */
export function sortedJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  if (isList(value)) return `[${value.map(sortedJson).join(',')}]`
  let text = ''
  for (const key of Object.keys(value).sort()) {
    const member = value[key]
    if (member !== undefined) text += `${text && ','}${JSON.stringify(key)}:${sortedJson(member)}`
  }
  return `{${text}}`
}

function isList(value: object): value is readonly JsonValue[] {
  return Array.isArray(value)
}
