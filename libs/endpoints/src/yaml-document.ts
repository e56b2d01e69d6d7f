/**
 * YAML as Kubernetes reads it: YAML 1.1 as far as Go's library goes, which is also how JSON is read where YAML is expected.
 * Source: sigs.k8s.io/yaml yaml.go, go.yaml.in/yaml/v2
 */
import { JsonSyntaxError, parseJson } from '@ensign/apimachinery'
import { YamlReader } from './yaml-reader.ts'
import { YamlSyntaxError } from './yaml-text.ts'

export { YamlSyntaxError }

export interface YamlDocument {
  readonly value: unknown
  /** `line 7: key "a" already set in map`, one for each; the last value counted. */
  readonly duplicates: readonly string[]
}

/** Duplicates in one text, as Go's library has it. */
export const yamlDuplicates = (duplicates: readonly string[]): string =>
  `yaml: unmarshal errors:${duplicates.map((line) => `\n  ${line}`).join('')}`

/**
 * The first document; later ones are not looked at.
 *
 * @throws YamlSyntaxError; StatusError 413 when there are more than `valuesMax` values
 */
export function parseYamlDocument(text: string): YamlDocument {
  return jsonDocument(text) ?? yamlDocument(text)
}

/** What most clients send. Undefined when it is no JSON, or JSON whose duplicate keys need their lines. */
function jsonDocument(text: string): YamlDocument | undefined {
  if (!/^\s*\{/.test(text)) return undefined
  try {
    const { value, duplicates } = parseJson(text)
    return duplicates ? undefined : { value, duplicates: [] }
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined
    throw error
  }
}

/** What may not stand in a text, not even in quotes. Source: YAML 1.1 section 5.1 */
const controlCharacter = /[\0-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\ufffe\uffff]/

function yamlDocument(text: string): YamlDocument {
  if (controlCharacter.test(text)) throw new YamlSyntaxError('control characters are not allowed')
  const reader = new YamlReader(text)
  const value = reader.document()
  return { value, duplicates: reader.duplicates }
}
