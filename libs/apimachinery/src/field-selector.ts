/**
 * Field selectors: `metadata.name=x,status.phase!=y`.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/fields/selector.go
 */
import { selectorTermsMax } from './limits.ts'
import { badRequest } from './status.ts'

export interface FieldTerm {
  readonly field: string
  readonly equal: boolean
  readonly value: string
}

/** Parses the `fieldSelector` parameter; throws a 400 StatusError. Which fields a kind has is the caller's to check. */
export function parseFieldSelector(text: string | undefined): readonly FieldTerm[] {
  if (!text) return []
  const parts = splitTerms(text).filter((part) => part !== '')
  if (parts.length > selectorTermsMax) throw badRequest(`the field selector has more than ${selectorTermsMax} terms`)
  return parts.map((part) => {
    const term = parseTerm(part)
    if (!term) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`)
    return term
  })
}

/** Splits at commas that no backslash precedes. */
function splitTerms(text: string): string[] {
  const parts: string[] = []
  let start = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === ',') {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  parts.push(text.slice(start))
  return parts
}

function parseTerm(part: string): FieldTerm | undefined {
  for (let i = 0; i < part.length; i++) {
    if (part[i] === '\\') {
      i++
      continue
    }
    for (const operator of ['!=', '==', '=']) {
      if (part.startsWith(operator, i)) {
        const value = unescaped(part.slice(i + operator.length), part)
        return { field: part.slice(0, i), equal: operator !== '!=', value }
      }
    }
  }
  return undefined
}

function unescaped(value: string, whole: string): string {
  let out = ''
  for (let i = 0; i < value.length; i++) {
    const c = value[i] as string
    if (c === '\\') {
      const next = value[++i]
      if (next !== '\\' && next !== ',' && next !== '=')
        throw badRequest(`invalid field selector: invalid escape sequence in '${whole}'`)
      out += next
    } else if (c === '=') throw badRequest(`invalid field selector: unescaped character in value: ${whole}`)
    else out += c
  }
  return out
}
