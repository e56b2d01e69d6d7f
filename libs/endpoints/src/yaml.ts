import { stringify } from 'yaml'

/** A value as Kubernetes writes YAML: keys in alphabetical order, long lines as they are. */
export const yaml = (value: unknown): string => stringify(value, { sortMapEntries: true, lineWidth: 0 })
