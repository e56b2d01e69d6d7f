/**
 * A member of a map whose keys a client chooses. Never what every object has from its prototype, such as `constructor`.
 */
export const own = <T>(map: Readonly<Record<string, T>> | null | undefined, key: string): T | undefined =>
  map && Object.hasOwn(map, key) ? map[key] : undefined
