import { type FieldError, type FieldPath, required, unlisted } from '@ensign/apimachinery'

const pullPolicies = ['Always', 'IfNotPresent', 'Never'] as const

/** Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validatePullPolicy */
export const pullPolicyErrors = (policy: string | undefined, path: FieldPath): FieldError[] =>
  policy ? unlisted(path, policy, pullPolicies) : [required(path)]

const domainLabel = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const domain = `(?:${domainLabel}(?:\\.${domainLabel})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`
const pathPart = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*'
const reference = new RegExp(
  `^(?:${domain}/)?${pathPart}(?:/${pathPart})*(?::(\\w[\\w.-]{0,127}))?(@(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}))?$`,
)
const bareDigest = /^[a-f0-9]{64}$/
/** Characters: name 255, tag 128, digest 135 and what joins them. */
const referenceMax = 520

/**
 * The tag of an image's name: `latest` when it names neither tag nor digest, none when it is no name at all.
 * Source: kubernetes/kubernetes pkg/util/parsers/parsers.go, ParseImageName; distribution/reference regexp.go
 */
export function tagOf(image: string): string {
  const found = image.length <= referenceMax && !bareDigest.test(image) ? reference.exec(image) : null
  if (!found) return ''
  const [, tag, digest] = found
  return tag ?? (digest ? '' : 'latest')
}
