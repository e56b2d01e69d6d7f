/**
 * What a kubelet may ask for.
 * Source: kubernetes/kubernetes pkg/apis/certificates/helpers.go (ValidateKubeletClientCSR, ValidateKubeletServingCSR)
 */
import type { CertificateRequest } from '@ensign/pki'

const nodesGroup = 'system:nodes'
const nodePrefix = 'system:node:'

/** Why a request is none for a kubelet's client certificate; undefined when it is one. */
export function kubeletClientProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { dns, emails, addresses, uris } = request.altNames
  const present = [
    [dns, 'DNS'],
    [emails, 'Email'],
    [addresses, 'IP'],
    [uris, 'URI'],
  ] as const
  const named = present.find(([names]) => names.length > 0)
  return (
    groupProblem(request) ??
    (named && `${named[1]} subjectAltNames are not allowed`) ??
    nameProblem(request) ??
    usageProblem(usages, 'client auth')
  )
}

/** Why a request is none for a kubelet's serving certificate; undefined when it is one. */
export function kubeletServingProblem(request: CertificateRequest, usages: readonly string[]): string | undefined {
  const { dns, emails, addresses, uris } = request.altNames
  return (
    groupProblem(request) ??
    (dns.length + addresses.length === 0 ? 'DNS or IP subjectAltName is required' : undefined) ??
    (emails.length > 0 ? 'Email subjectAltNames are not allowed' : undefined) ??
    (uris.length > 0 ? 'URI subjectAltNames are not allowed' : undefined) ??
    usageProblem(usages, 'server auth') ??
    nameProblem(request)
  )
}

const groupProblem = ({ subject: { organizations } }: CertificateRequest): string | undefined =>
  organizations.length === 1 && organizations[0] === nodesGroup
    ? undefined
    : `subject organization is not ${nodesGroup}`

const nameProblem = ({ subject: { commonName } }: CertificateRequest): string | undefined =>
  commonName.startsWith(nodePrefix) ? undefined : `subject common name does not begin with ${nodePrefix}`

/** Keys other than RSA have no use for key encipherment. */
function usageProblem(usages: readonly string[], purpose: string): string | undefined {
  const needed = ['digital signature', purpose]
  const asked = new Set(usages)
  const isRight = needed.every((usage) => asked.delete(usage))
  asked.delete('key encipherment')
  if (isRight && asked.size === 0) return undefined
  return `usages did not match [${[...needed, 'key encipherment'].sort().join(' ')}]`
}
