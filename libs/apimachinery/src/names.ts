/**
 * Rules for names, labels and keys. Each returns the problems as texts, none when the value is fine.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/util/validation/validation.go,
 * pkg/api/validation/path/name.go
 */
export type NameRule = (value: string) => string[]

const labelFormat = '[a-z0-9]([-a-z0-9]*[a-z0-9])?'
const subdomainFormat = `${labelFormat}(\\.${labelFormat})*`
const dns1035Format = '[a-z]([-a-z0-9]*[a-z0-9])?'
const qualifiedNameFormat = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'
const labelValueFormat = `(${qualifiedNameFormat})?`
const configKeyFormat = '[-._a-zA-Z0-9]+'

const whole = (format: string): RegExp => new RegExp(`^(?:${format})$`)
const labelPattern = whole(labelFormat)
const subdomainPattern = whole(subdomainFormat)
const dns1035Pattern = whole(dns1035Format)
const qualifiedNamePattern = whole(qualifiedNameFormat)
const labelValuePattern = whole(labelValueFormat)
const configKeyPattern = whole(configKeyFormat)

/** Bytes. */
export const nameLimits = { label: 63, subdomain: 253, labelValue: 63, qualifiedName: 63 } as const

/** A rule's text, with examples and the regular expression, spaced as upstream's RegexError spaces it. */
export const regexText = (message: string, format: string, ...examples: string[]): string =>
  `${message} (e.g. ${examples.map((e) => `'${e}'`).join(',  or ')}, regex used for validation is '${format}')`
export const maxLengthText = (limit: number): string => `must be no more than ${limit} characters`
const maxBytesText = (limit: number): string => `must be no more than ${limit} bytes`

export const isDns1123Label: NameRule = (value) => {
  const problems: string[] = []
  if (value.length > nameLimits.label) problems.push(maxLengthText(nameLimits.label))
  if (!labelPattern.test(value)) {
    problems.push(
      subdomainPattern.test(value)
        ? 'must not contain dots'
        : regexText(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
            labelFormat,
            'my-name',
            '123-abc',
          ),
    )
  }
  return problems
}

export const isDns1123Subdomain: NameRule = (value) => {
  const problems: string[] = []
  if (value.length > nameLimits.subdomain) problems.push(maxLengthText(nameLimits.subdomain))
  if (!subdomainPattern.test(value)) {
    problems.push(
      regexText(
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
        subdomainFormat,
        'example.com',
      ),
    )
  }
  return problems
}

export const isDns1035Label: NameRule = (value) => {
  const problems: string[] = []
  if (value.length > nameLimits.label) problems.push(maxLengthText(nameLimits.label))
  if (!dns1035Pattern.test(value)) {
    problems.push(
      regexText(
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
        dns1035Format,
        'my-name',
        'abc-123',
      ),
    )
  }
  return problems
}

/** Names of RBAC objects: anything that can be one segment of a path. */
export const isPathSegment: NameRule = (value) => {
  if (value === '.' || value === '..') return [`may not be '${value}'`]
  return ['/', '%'].filter((c) => value.includes(c)).map((c) => `may not contain '${c}'`)
}

/** A name with an optional DNS prefix: keys of labels and annotations, finalizers. */
export function isLabelKey(value: string): string[] {
  const parts = value.split('/')
  const problems: string[] = []
  let name = value
  if (parts.length === 2) {
    const prefix = parts[0] as string
    name = parts[1] as string
    if (prefix === '') problems.push('prefix part must be non-empty')
    else problems.push(...isDns1123Subdomain(prefix).map((p) => `prefix part ${p}`))
  } else if (parts.length > 2) {
    return [
      `${regexText(`a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character`, qualifiedNameFormat, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ]
  }
  if (name === '') problems.push('name part must be non-empty')
  else if (name.length > nameLimits.qualifiedName) problems.push(`name part ${maxBytesText(nameLimits.qualifiedName)}`)
  if (!qualifiedNamePattern.test(name)) {
    problems.push(
      `name part ${regexText("must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character", qualifiedNameFormat, 'MyName', 'my.name', '123-abc')}`,
    )
  }
  return problems
}

export const isLabelValue: NameRule = (value) => {
  const problems: string[] = []
  if (value.length > nameLimits.labelValue) problems.push(maxBytesText(nameLimits.labelValue))
  if (!labelValuePattern.test(value)) {
    problems.push(
      regexText(
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
        labelValueFormat,
        'MyValue',
        'my_value',
        '12345',
      ),
    )
  }
  return problems
}

/** Keys of ConfigMap and Secret data. */
export const isConfigKey: NameRule = (value) => {
  const problems: string[] = []
  if (value.length > nameLimits.subdomain) problems.push(maxLengthText(nameLimits.subdomain))
  if (!configKeyPattern.test(value)) {
    problems.push(
      regexText(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        configKeyFormat,
        'key.name',
        'KEY_NAME',
        'key-name',
      ),
    )
  }
  if (value === '.') problems.push("must not be '.'")
  else if (value === '..') problems.push("must not be '..'")
  else if (value.startsWith('..')) problems.push("must not start with '..'")
  return problems
}

/** Letters and digits that do not spell words. Source: apimachinery pkg/util/rand/rand.go */
const suffixAlphabet = 'bcdfghjklmnpqrstvwxz2456789'
const suffixLength = 5
/** Characters of `generateName` that are kept, so that the name stays a valid label. */
const generateNameKept = 58

/** `count` random characters of the alphabet that Kubernetes uses for suffixes. */
export function randomSuffix(count: number = suffixLength): string {
  let suffix = ''
  // Anybody may guess them: these are names, not secrets.
  for (let i = 0; i < count; i++) suffix += suffixAlphabet[Math.floor(Math.random() * suffixAlphabet.length)]
  return suffix
}

/** A name from `metadata.generateName`. Source: apiserver pkg/storage/names/generate.go */
export const generateName = (base: string): string => base.slice(0, generateNameKept) + randomSuffix()
