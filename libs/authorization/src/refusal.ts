/**
 * The 403 that a refused request gets.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go
 */
import { forbidden, type StatusError, type UserInfo } from '@ensign/apimachinery'
import type { RequestAttributes } from './attributes.ts'

export function refusal(user: UserInfo, attributes: RequestAttributes, reason: string): StatusError {
  const text = escaped(refusalText(user, attributes))
  const message = reason ? `${text}: ${reason}` : text
  return attributes.isResource
    ? forbidden({ group: attributes.group, resource: attributes.resource }, attributes.name, message)
    : forbidden({ group: '', resource: '' }, '', message)
}

/** Safe in a page of HTML: some browser may take it for one. */
const escaped = (text: string): string =>
  text.replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] as string)

function refusalText({ username }: UserInfo, attributes: RequestAttributes): string {
  const who = `User ${JSON.stringify(username)} cannot ${attributes.verb}`
  if (!attributes.isResource) return `${who} path ${JSON.stringify(attributes.path)}`
  const { resource, subresource, group, namespace } = attributes
  const what = `resource ${JSON.stringify(subresource ? `${resource}/${subresource}` : resource)} in API group ${JSON.stringify(group)}`
  return `${who} ${what} ${namespace ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope'}`
}
