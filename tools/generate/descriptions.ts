/** Writes the documentation of every message and field, in a file of its own that only OpenAPI loads. */
import type { MessageModel } from './model.ts'
import { header, openApiName } from './typescript.ts'

export function descriptionsFile(messages: readonly MessageModel[]): string {
  const entries = messages.map((message) => {
    const fields = message.fields.filter(({ comment }) => comment !== '')
    const lines = fields.map(({ name, comment }) => `    ${name}: ${JSON.stringify(comment)},\n`)
    return `  ${JSON.stringify(openApiName(message))}: {\n    '': ${JSON.stringify(message.comment)},\n${lines.join('')}  },\n`
  })
  return `${header}
/** By the message's name: its own description under '', and those of its fields. */
export const descriptions: { readonly [message: string]: { readonly [field: string]: string } } = {
${entries.join('')}}
`
}
