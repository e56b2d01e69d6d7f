/**
 * YAML as Kubernetes reads it: YAML 1.1 as far as Go's library goes, which is also how JSON is read where YAML is expected.
 * Source: sigs.k8s.io/yaml yaml.go, go.yaml.in/yaml/v2 {resolve,decode}.go
 */
import { JsonSyntaxError, parseJson, tooManyValues, valuesMax } from '@ensign/apimachinery'
import { isScalar, Lexer, LineCounter, parseAllDocuments, type Tags, visit, YAMLError } from 'yaml'

export class YamlSyntaxError extends Error {
  override readonly name = 'YamlSyntaxError'
}

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
 * @throws YamlSyntaxError; StatusError 413 when there are about more than `valuesMax` values
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

/** Values that a few lines of aliases may make. */
const aliasesMax = 100

function yamlDocument(text: string): YamlDocument {
  checkValues(text)
  const lines = new LineCounter()
  try {
    const documents = parseAllDocuments(text, {
      version: '1.1',
      customTags: goTags,
      uniqueKeys: false,
      lineCounter: lines,
      prettyErrors: false,
    })
    const document = 'empty' in documents ? undefined : documents[0]
    if (!document) return { value: null, duplicates: [] }
    const error = document.errors.find(({ code }) => code === 'MULTILINE_IMPLICIT_KEY') ?? document.errors[0]
    if (error) throw error
    const duplicates: string[] = []
    visit(document, {
      Map(_, { items }) {
        const seen = new Set<unknown>()
        for (const { key } of items) {
          if (!isScalar(key)) continue
          const { line } = lines.linePos(key.range?.[0] ?? 0)
          if (seen.has(key.value)) duplicates.push(`line ${line}: key ${JSON.stringify(key.value)} already set in map`)
          seen.add(key.value)
        }
      },
    })
    return { value: document.toJS({ maxAliasCount: aliasesMax }), duplicates }
  } catch (error) {
    throw new YamlSyntaxError(problemOf(error, lines))
  }
}

/** Before anything is made of them: a value is a token or two, a member's name and colon are two more. */
function checkValues(text: string): void {
  let tokens = 0
  for (const token of new Lexer().lex(text)) {
    if (/\S/.test(token) && ++tokens > 4 * valuesMax) throw tooManyValues(valuesMax)
  }
}

/** Go's library knows neither base 60 nor times, and binary data is of no use in JSON. */
const goTags = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || !/timestamp|binary|TIME/.test(`${tag.tag} ${tag.format ?? ''}`))

/** Line and problem in Go's words, without the excerpt that the parser adds: a body may hold secrets. */
function problemOf(error: unknown, lines: LineCounter): string {
  if (error instanceof ReferenceError) {
    const anchor = /alias[^:]*: (.*)$/.exec(error.message)?.[1]
    return anchor === undefined ? 'document contains excessive aliasing' : `unknown anchor '${anchor}' referenced`
  }
  if (!(error instanceof YAMLError)) return 'cannot be read'
  // Go finds out at the colon that something was a key.
  const { line } = lines.linePos(error.pos[error.code === 'MULTILINE_IMPLICIT_KEY' ? 1 : 0])
  // Go counts lines from 0 and leaves out the first, but not where a flow collection is not closed.
  if (error.message.startsWith('Flow ')) return `line ${line}: did not find expected node content`
  const problem = goProblems[error.code] ?? error.message.split('\n', 1)[0]
  return line > 1 ? `line ${line}: ${problem}` : `${problem}`
}

const goProblems: Readonly<Record<string, string>> = {
  MISSING_CHAR: 'found unexpected end of stream',
  MULTILINE_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  BLOCK_AS_IMPLICIT_KEY: 'mapping values are not allowed in this context',
  TAB_AS_INDENT: 'found character that cannot start any token',
  BAD_SCALAR_START: 'found character that cannot start any token',
  BAD_INDENT: 'did not find expected key',
}
