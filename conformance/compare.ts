/** Paths at which two recorded answers differ, as text. */
export function differences(want: unknown, got: unknown, path = ''): string[] {
  if (Object.is(want, got)) return []
  if (isCollection(want) && isCollection(got) && Array.isArray(want) === Array.isArray(got)) {
    const keys = [...new Set([...Object.keys(want), ...Object.keys(got)])]
    return keys.flatMap((key) => differences(want[key], got[key], path ? `${path}.${key}` : key))
  }
  return [`${path}: want ${shown(want)}, got ${shown(got)}`]
}

const isCollection = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const shownLength = 300
const shown = (value: unknown): string =>
  value === undefined ? '(absent)' : JSON.stringify(value).slice(0, shownLength)
