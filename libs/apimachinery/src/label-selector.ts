/**
 * Label selectors in their text form (query parameter) and as LabelSelector objects.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/labels/selector.go
 */
import { selectorLengthMax, selectorTermsMax } from './limits.ts'
import { isLabelKey, isLabelValue } from './names.ts'
import { badRequest } from './status.ts'

export type Labels = Readonly<Record<string, string>>

/** True when an object with these labels is selected. */
export type LabelMatcher = (labels: Labels | undefined) => boolean

type Operator = '=' | '==' | '!=' | 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt'

interface Requirement {
  key: string
  operator: Operator
  values: readonly string[]
}

interface Token {
  /** A symbol stands for itself; 'id' is a word, 'end' the end of the text. */
  kind: 'id' | 'end' | ')' | '(' | ',' | '!' | '=' | '==' | '!=' | '>' | '<' | 'in' | 'notin'
  text: string
}

const binaryOperators = 'in, notin, =, ==, !=, gt, lt'

/** Parses the `labelSelector` parameter. Undefined when it selects everything; throws a 400 StatusError. */
export function parseLabelSelector(text: string | undefined): LabelMatcher | undefined {
  if (!text?.trim()) return undefined
  if (text.length > selectorLengthMax)
    throw badRequest(`the label selector is longer than ${selectorLengthMax} characters`)
  const requirements = parse(text)
  if (requirements.length > selectorTermsMax)
    throw badRequest(`the label selector has more than ${selectorTermsMax} requirements`)
  return matcherOf(requirements)
}

/** The matcher of a metav1.LabelSelector object; an empty one selects everything. */
export function labelSelectorMatcher(selector: {
  matchLabels?: Record<string, string>
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] | null }[] | null
}): LabelMatcher {
  const operators: Record<string, Operator> = { In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!' }
  const requirements: Requirement[] = [
    ...Object.entries(selector.matchLabels ?? {}).map(
      ([key, value]): Requirement => ({ key, operator: '=', values: [value] }),
    ),
    ...(selector.matchExpressions ?? []).map(
      (e): Requirement => ({ key: e.key, operator: operators[e.operator] ?? 'in', values: e.values ?? [] }),
    ),
  ]
  return matcherOf(requirements)
}

/** A requirement made ready to be asked of many objects. */
interface Question extends Omit<Requirement, 'values'> {
  readonly values: { has(value: string): boolean }
  /** Of `gt` and `lt`. */
  readonly bound: bigint
}

function matcherOf(requirements: readonly Requirement[]): LabelMatcher {
  const questions = requirements.map(({ key, operator, values }): Question => {
    const bound = operator === 'gt' || operator === 'lt' ? BigInt(values[0] as string) : 0n
    return { key, operator, values: new Set(values), bound }
  })
  return (labels = none) => questions.every((question) => matches(question, labels))
}

const none: Labels = {}

function matches({ key, operator, values, bound }: Question, labels: Labels): boolean {
  const present = Object.hasOwn(labels, key)
  switch (operator) {
    case 'exists':
      return present
    case '!':
      return !present
    case '=':
    case '==':
    case 'in':
      return present && values.has(labels[key] as string)
    case '!=':
    case 'notin':
      return !present || !values.has(labels[key] as string)
    case 'gt':
    case 'lt': {
      if (!present || !/^[-+]?\d+$/.test(labels[key] as string)) return false
      const have = BigInt(labels[key] as string)
      return operator === 'gt' ? have > bound : have < bound
    }
  }
}

function parse(text: string): Requirement[] {
  const tokens = tokenize(text)
  let at = 0
  /** Words like `in` are ordinary values where a value is expected. */
  const peek = (asValue = false): Token => {
    const token = tokens[at] as Token
    return asValue && (token.kind === 'in' || token.kind === 'notin') ? { kind: 'id', text: token.text } : token
  }
  const take = (asValue = false): Token => {
    const token = peek(asValue)
    if (token.kind !== 'end') at++
    return token
  }
  const requirements: Requirement[] = []
  for (;;) {
    const next = peek(true)
    if (next.kind === 'id' || next.kind === '!') {
      requirements.push(requirement())
      const after = take()
      if (after.kind === 'end') return requirements
      if (after.kind !== ',') throw badRequest(`found '${after.text}', expected: ',' or 'end of string'`)
      const following = peek(true)
      if (following.kind !== 'id' && following.kind !== '!')
        throw badRequest(`found '${following.text}', expected: identifier after ','`)
    } else if (next.kind === 'end') return requirements
    else throw badRequest(`found '${next.text}', expected: !, identifier, or 'end of string'`)
  }

  function requirement(): Requirement {
    const unable = (problem: string) => badRequest(`unable to parse requirement: ${problem}`)
    const negated = peek().kind === '!'
    if (negated) take()
    const name = take(true)
    if (name.kind !== 'id') throw unable(`found '${name.text}', expected: identifier`)
    const problems = isLabelKey(name.text)
    if (problems.length) throw unable(`<nil>: Invalid value: ${JSON.stringify(name.text)}: ${problems.join('; ')}`)
    const key = name.text
    if (negated) return { key, operator: '!', values: [] }
    const following = peek().kind
    if (following === 'end' || following === ',') return { key, operator: 'exists', values: [] }
    const operator = take()
    switch (operator.kind) {
      case 'in':
      case 'notin':
        return checked({ key, operator: operator.kind, values: setOfValues(unable) })
      case '=':
      case '==':
      case '!=':
        return checked({ key, operator: operator.kind, values: [oneValue(unable)] })
      case '>':
      case '<': {
        const value = oneValue(unable)
        if (!/^[-+]?\d+$/.test(value))
          throw unable(
            `values[0]: Invalid value: ${JSON.stringify(value)}: for 'Gt', 'Lt' operators, the value must be an integer`,
          )
        return { key, operator: operator.kind === '>' ? 'gt' : 'lt', values: [value] }
      }
      default:
        throw unable(`found '${operator.text}', expected: ${binaryOperators}`)
    }

    function checked(r: Requirement): Requirement {
      r.values.forEach((value, i) => {
        const found = isLabelValue(value)
        if (found.length)
          throw unable(`values[${i}][${key}]: Invalid value: ${JSON.stringify(value)}: ${found.join('; ')}`)
      })
      return r
    }
  }

  function oneValue(unable: (problem: string) => Error): string {
    const next = peek(true)
    if (next.kind === 'end' || next.kind === ',') return ''
    take()
    if (next.kind !== 'id') throw unable(`found '${next.text}', expected: identifier`)
    return next.text
  }

  function setOfValues(unable: (problem: string) => Error): string[] {
    const open = take()
    if (open.kind !== '(') throw unable(`found '${open.text}' expected: '('`)
    const values = new Set<string>()
    for (;;) {
      const token = take(true)
      if (token.kind === 'id') {
        values.add(token.text)
        const after = take()
        if (after.kind === ')') break
        if (after.kind !== ',') throw unable(`found '${after.text}', expected: ',' or ')'`)
        if (peek().kind === ')') {
          values.add('')
          take()
          break
        }
      } else if (token.kind === ',') values.add('')
      else if (token.kind === ')') {
        values.add('')
        break
      } else throw unable(`found '${token.text}', expected: ',', ')' or identifier`)
    }
    return [...values].sort()
  }
}

function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  const pattern = /\s*(?:(==|!=|[=!(),<>])|([^\s=!(),<>]+))/gy
  const end = text.trimEnd().length
  while (pattern.lastIndex < end) {
    const match = pattern.exec(text)
    if (!match) break
    const symbol = match[1]
    const word = match[2] ?? ''
    if (symbol) tokens.push({ kind: symbol as Token['kind'], text: symbol })
    else tokens.push({ kind: word === 'in' || word === 'notin' ? word : 'id', text: word })
  }
  tokens.push({ kind: 'end', text: '' })
  return tokens
}
