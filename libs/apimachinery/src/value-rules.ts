/**
 * Rules for values that are no names of objects: ports, headers, environment variables, search domains.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go
 */
import { rangeText } from './field-rules.ts'
import { maxLengthText, type NameRule, nameLimits, regexText } from './names.ts'

const portNameCharacters = /^[-a-z0-9]+$/
const portNameLetter = /[a-z]/
/** Characters. IANA's limit for service names, RFC 6335 section 5.1. */
const portNameMax = 15
const portMax = 65535

/** IsValidPortName. */
export const isPortName: NameRule = (value) => {
  const problems: string[] = []
  if (value.length > portNameMax) problems.push(maxLengthText(portNameMax))
  if (!portNameCharacters.test(value))
    problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)')
  if (!portNameLetter.test(value)) problems.push('must contain at least one letter (a-z)')
  if (value.includes('--')) problems.push('must not contain consecutive hyphens')
  if (value.startsWith('-') || value.endsWith('-')) problems.push('must not begin or end with a hyphen')
  return problems
}

/** IsValidPortNum. */
export const isPortNumber = (value: number): string[] => (value >= 1 && value <= portMax ? [] : [rangeText(1, portMax)])

const headerNameFormat = '[-A-Za-z0-9]+'
const headerNamePattern = /^[-A-Za-z0-9]+$/

/** IsHTTPHeaderName. */
export const isHttpHeaderName: NameRule = (value) =>
  headerNamePattern.test(value)
    ? []
    : [
        regexText(
          "a valid HTTP header must consist of alphanumeric characters or '-'",
          headerNameFormat,
          'X-Header-Name',
        ),
      ]

const printableButEquals = /^[ -<>-~]*$/

/** IsRelaxedEnvVarName: whatever a process can be given. */
export const isRelaxedEnvironmentName: NameRule = (value) => {
  if (value === '') return ['environment variable name must be non-empty']
  return printableButEquals.test(value)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
}

const underscoreLabel = '_?[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const underscoreSubdomain = `${underscoreLabel}(\\.${underscoreLabel})*`
const underscorePattern = new RegExp(`^${underscoreSubdomain}$`)

/** IsDNS1123SubdomainWithUnderscore: search domains such as those of service records. */
export const isDns1123SubdomainWithUnderscore: NameRule = (value) => {
  const problems: string[] = []
  if (value.length > nameLimits.subdomain) problems.push(maxLengthText(nameLimits.subdomain))
  if (!underscorePattern.test(value))
    problems.push(
      regexText(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '_', '-' or '.', and must start and end with an alphanumeric character",
        underscoreSubdomain,
        'example.com',
      ),
    )
  return problems
}
