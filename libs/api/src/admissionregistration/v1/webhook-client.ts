/**
 * How a webhook is reached: at a URL or as a service.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/util/webhook/validation.go
 */
import {
  type FieldError,
  type FieldPath,
  invalidValue,
  isDns1123Subdomain,
  isPortNumber,
  missing,
  required,
} from '@ensign/apimachinery'
import type { ServiceReference, WebhookClientConfig } from '../../generated/admissionregistration-v1.ts'

export function validateClientConfig({ url, service }: WebhookClientConfig, path: FieldPath): FieldError[] {
  if ((url === undefined) === (service === undefined))
    return [required(path, 'exactly one of url or service is required')]
  return url === undefined
    ? validateService(service as ServiceReference, `${path}.service`)
    : validateUrl(url, `${path}.url`)
}

const form = '; desired format: https://host[/path]'
/** RFC 3986, appendix B: scheme, authority, query, fragment. */
const parts = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?[^?#]*(?:\?([^#]*))?(?:#(.*))?$/s

function validateUrl(url: string, path: FieldPath): FieldError[] {
  const problem = urlProblem(url)
  if (problem) return [required(path, `url must be a valid URL: parse ${JSON.stringify(url)}: ${problem}${form}`)]
  const [, scheme = '', authority = '', query = '', fragment = ''] = parts.exec(url) ?? []
  const at = authority.lastIndexOf('@')
  const host = authority.slice(at + 1)
  const errors: FieldError[] = []
  if (scheme.toLowerCase() !== 'https')
    errors.push(invalidValue(path, scheme.toLowerCase(), `'https' is the only allowed URL scheme${form}`))
  if (!host) errors.push(invalidValue(path, host, `host must be specified${form}`))
  if (at >= 0) {
    // A password does not belong in an error.
    const user = authority.slice(0, at).replace(/:.*$/s, '')
    errors.push(invalidValue(path, user, 'user information is not permitted in the URL'))
  }
  if (fragment) errors.push(invalidValue(path, fragment, 'fragments are not permitted in the URL'))
  if (query) errors.push(invalidValue(path, query, 'query parameters are not permitted in the URL'))
  return errors
}

/** What Go's net/url finds wrong. */
function urlProblem(url: string): string | undefined {
  if ([...url].some((c) => c < ' ' || c === '\u007f')) return 'net/url: invalid control character in URL'
  if (url.startsWith(':')) return 'missing protocol scheme'
  const badEscape = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(url)?.[0]
  if (badEscape) return `invalid URL escape ${JSON.stringify(badEscape)}`
  const host = parts.exec(url)?.[2]?.replace(/^.*[@\]]/s, '') ?? ''
  const port = host.slice(host.indexOf(':'))
  return host.includes(':') && !/^:\d*$/.test(port) ? `invalid port ${JSON.stringify(port)} after host` : undefined
}

function validateService({ name, namespace, path: urlPath, port }: ServiceReference, path: FieldPath): FieldError[] {
  const problems = isPortNumber(port ?? 0)
  return [
    // Each is missed under the other's name, as upstream's arguments are the other way round.
    ...missing(`${path}.name`, namespace),
    ...missing(`${path}.namespace`, name),
    ...(problems.length > 0 ? [invalidValue(`${path}.port`, port, `port is not valid: ${problems.join(', ')}`)] : []),
    ...(urlPath === undefined ? [] : validatePath(urlPath, `${path}.path`)),
  ]
}

function validatePath(urlPath: string, path: FieldPath): FieldError[] {
  if (urlPath === '/' || urlPath === '') return []
  if (urlPath === '//') return [invalidValue(path, urlPath, 'segment[0] may not be empty')]
  const steps = urlPath.slice(1).replace(/\/$/, '').split('/')
  return [
    ...(urlPath.startsWith('/') ? [] : [invalidValue(path, urlPath, "must start with a '/'")]),
    ...steps.flatMap((step, i) => {
      if (step === '') return [invalidValue(path, urlPath, `segment[${i}] may not be empty`)]
      return isDns1123Subdomain(step).map((problem) => invalidValue(path, urlPath, `segment[${i}]: ${problem}`))
    }),
  ]
}
