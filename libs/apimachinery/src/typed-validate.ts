/**
 * Checks an applied configuration against the schema, in upstream's words.
 * Source: sigs.k8s.io/structured-merge-diff typed/{validate,helpers}.go
 */
import { memberElement, type PathElement, showElement } from './field-set-element.ts'
import { goSyntax, goType, goValue } from './go-text.ts'
import { type ListType, type ScalarValue, type StructType, typeOfAny, type ValueType } from './typed-schema.ts'
import { elementOf, isJsonObject, type JsonObject, namesInOrder, TypedValueError } from './typed-value.ts'

/**
 * There may be nothing that the schema does not know, and no duplicates in lists with keys and sets unless they are allowed.
 *
 * @throws TypedValueError that names every problem, `.spec.containers[name="a"].foo: field not declared in schema`
 */
export function validateTyped(type: StructType, object: JsonObject, { allowDuplicates = false } = {}): void {
  const problems = problemsOf(type, object).filter(({ isDuplicate }) => !isDuplicate || !allowDuplicates)
  if (problems.length === 0) return
  const texts = problems.map(({ path, text }) => (path ? `${path}: ${text}` : text))
  throw new TypedValueError(texts.length === 1 ? texts[0] : ['errors:', ...texts.map((t) => `  ${t}`)].join('\n'))
}

interface Problem {
  readonly path: string
  readonly text: string
  readonly isDuplicate?: true
}

const problem = (text: string): Problem[] => [{ path: '', text }]

const below = (element: PathElement, problems: Problem[]): Problem[] =>
  problems.map((inner) => ({ ...inner, path: showElement(element) + inner.path }))

function problemsOf(type: ValueType, value: unknown): Problem[] {
  if (value === null || value === undefined) return []
  switch (type.kind) {
    case 'scalar':
      return problemsOfScalar(type.scalar, value)
    case 'list':
      return Array.isArray(value) ? problemsOfItems(type, value) : problem(`expected list, got ${printed(value)}`)
    case 'any':
      return problemsOf(typeOfAny(value), value)
    case 'map':
    case 'struct':
      return isJsonObject(value) ? problemsOfMembers(type, value) : problem(`expected map, got ${printed(value)}`)
  }
}

/** Go's `%v` of the value in its wrapper. */
const printed = (value: unknown): string => `&{${goValue(value)}}`

function problemsOfScalar(scalar: ScalarValue['scalar'], value: unknown): Problem[] {
  switch (scalar) {
    case 'numeric':
      return typeof value === 'number' || typeof value === 'bigint'
        ? []
        : problem(`expected numeric (int or float), got ${goType(value)}`)
    case 'string':
      return typeof value === 'string'
        ? []
        : problem(`expected string, got &value.valueUnstructured{Value:${goSyntax(value)}}`)
    case 'boolean':
      return typeof value === 'boolean' ? [] : problem(`expected boolean, got ${printed(value)}`)
    case 'untyped':
      return typeof value === 'object' ? problem(`expected any scalar, got ${printed(value)}`) : []
  }
}

function problemsOfMembers(type: Extract<ValueType, { kind: 'map' | 'struct' }>, object: JsonObject): Problem[] {
  const problems: Problem[] = []
  for (const name of namesInOrder(object, {})) {
    const element = memberElement(name)
    const inner = type.kind === 'map' ? type.element : type.field(name)?.type
    // Nothing after an unknown field is looked at.
    if (!inner) return [...problems, ...below(element, problem('field not declared in schema'))]
    problems.push(...below(element, problemsOf(inner, object[name])))
  }
  return problems
}

function problemsOfItems(type: ListType, list: readonly unknown[]): Problem[] {
  const problems: Problem[] = []
  const seen = new Set<PathElement>()
  for (const [index, item] of list.entries()) {
    let element: PathElement
    try {
      element = type.atomic ? `i:${index}` : elementOf(type, item)
    } catch (error) {
      if (!(error instanceof TypedValueError)) throw error
      return [...problems, ...problem(`element ${index}: ${error.message}`)]
    }
    if (seen.has(element))
      problems.push({ path: '', text: `duplicate entries for key ${showElement(element)}`, isDuplicate: true })
    seen.add(element)
    problems.push(...below(element, problemsOf(type.element, item)))
  }
  return problems
}
