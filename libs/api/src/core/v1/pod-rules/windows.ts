/**
 * Options of containers on Windows.
 * Source: kubernetes/kubernetes pkg/apis/core/validation/validation.go (validateWindowsSecurityContextOptions,
 * validateWindowsHostProcessPod)
 */
import {
  append,
  type FieldError,
  type FieldPath,
  invalidValue,
  isDns1123Subdomain,
  ruleErrors,
} from '@ensign/apimachinery'
import type { PodSpec, WindowsSecurityContextOptions } from '../../../generated/core-v1.ts'
import { containersOf } from './containers-of.ts'

/** KiB. */
const credentialSpecMax = 64

export function windowsOptionErrors(options: WindowsSecurityContextOptions | undefined, path: FieldPath): FieldError[] {
  if (!options) return []
  const { gmsaCredentialSpecName, gmsaCredentialSpec, runAsUserName } = options
  const errors: FieldError[] = []
  if (gmsaCredentialSpecName !== undefined)
    append(errors, ruleErrors(`${path}.gmsaCredentialSpecName`, gmsaCredentialSpecName, isDns1123Subdomain))
  if (gmsaCredentialSpec === '')
    errors.push(invalidValue(`${path}.gmsaCredentialSpec`, '', 'gmsaCredentialSpec cannot be an empty string'))
  else if (gmsaCredentialSpec !== undefined && Buffer.byteLength(gmsaCredentialSpec) > credentialSpecMax * 1024)
    errors.push(
      invalidValue(
        `${path}.gmsaCredentialSpec`,
        gmsaCredentialSpec,
        `gmsaCredentialSpec size must be under ${credentialSpecMax} KiB`,
      ),
    )
  if (runAsUserName !== undefined)
    for (const problem of userNameProblems(runAsUserName))
      errors.push(invalidValue(`${path}.runAsUserName`, runAsUserName, `runAsUserName${problem}`))
  return errors
}

const controlCharacters = /[\x00-\x1f\x7f]/
const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/
const dnsLabel = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?'
const dnsDomain = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})*$`)
const onlyDotsAndSpaces = /^[. ]+$/
const forbiddenInUser = /["/\\:;|=,+*?<>@[\]]/
/** Characters. */
const domainMax = 255
const userMax = 104

/** A name is `user` or `DOMAIN\user`. */
function userNameProblems(name: string): string[] {
  if (name === '') return [' cannot be an empty string']
  if (controlCharacters.test(name)) return [' cannot contain control characters']
  const parts = name.split('\\')
  if (parts.length > 2) return [' cannot contain more than one backslash']
  const domain = parts.length === 2 ? (parts[0] as string) : undefined
  const user = parts.at(-1) as string
  const problems: string[] = []
  if (domain !== undefined && domain.length > domainMax)
    problems.push(`'s Domain length must be under ${domainMax + 1} characters`)
  if (domain !== undefined && !netBiosName.test(domain) && !dnsDomain.test(domain))
    problems.push("'s Domain doesn't match the NetBios nor the DNS format")
  if (user === '') problems.push("'s User cannot be empty")
  else if (user.length > userMax) problems.push(`'s User length must not be longer than ${userMax} characters`)
  if (onlyDotsAndSpaces.test(user)) problems.push("'s User cannot contain only periods or spaces")
  if (forbiddenInUser.test(user)) problems.push(`'s User cannot contain the following characters: "/\\:;|=,+*?<>@[]`)
  return problems
}

/** Either all containers run as processes of the host, or none. */
export function hostProcessErrors(spec: PodSpec): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess
  const errors: FieldError[] = []
  const containers = containersOf(spec)
  let count = 0
  for (const { container, path } of containers) {
    const own = container.securityContext?.windowsOptions?.hostProcess
    if (ofPod !== undefined && own !== undefined && ofPod !== own)
      errors.push(
        invalidValue(
          `${path}.securityContext.windowsOptions.hostProcess`,
          own,
          `pod hostProcess value must be identical if both are specified, was ${ofPod}`,
        ),
      )
    if (own ?? ofPod) count++
  }
  if (count === 0) return errors
  if (count !== containers.length)
    errors.push(
      invalidValue(
        'spec',
        '',
        'If pod contains any hostProcess containers then all containers must be HostProcess containers',
      ),
    )
  if (!spec.hostNetwork)
    errors.push(
      invalidValue('spec.hostNetwork', false, 'hostNetwork must be true if pod contains any hostProcess containers'),
    )
  return errors
}
