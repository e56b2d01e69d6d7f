/**
 * What Secrets and ConfigMaps have in common: data under keys, a limit on its size, and immutability.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go
 */
import { type FieldError, forbiddenField, invalidValue, isConfigKey } from '@ensign/apimachinery'

/** Bytes of all values of one object. Source: pkg/apis/core/types.go, MaxSecretSize. */
export const dataBytesMax = 1024 * 1024

export type DataMap = Readonly<Record<string, string>> | undefined

export const keyErrors = (data: DataMap, path: string): FieldError[] =>
  Object.keys(data ?? {}).flatMap((key) => isConfigKey(key).map((p) => invalidValue(`${path}[${key}]`, key, p)))

/** Bytes that base64 text stands for. */
export const decodedSize = (base64: string): number =>
  Math.floor((base64.length * 3) / 4) - (base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0)

export function immutableErrors(
  next: object & { immutable?: boolean },
  old: object & { immutable?: boolean },
  members: readonly string[],
): FieldError[] {
  if (!old.immutable) return []
  const why = 'field is immutable when `immutable` is set'
  const errors = next.immutable ? [] : [forbiddenField('immutable', why)]
  for (const member of members) {
    const [a, b] = [next, old].map((o) => sorted((o as Record<string, DataMap>)[member]))
    if (a !== b) errors.push(forbiddenField(member, why))
  }
  return errors
}

const sorted = (data: DataMap): string =>
  JSON.stringify(Object.entries(data ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
