/**
 * What a JSON patch should not hold, as upstream's decoder sees it.
 * Source: kubernetes/kubernetes staging/src/k8s.io/apiserver/pkg/endpoints/handlers/patch.go, jsonPatchOp
 */
import { decodeJson, JsonDecodeError, type JsonDocument, type MessageSchema } from '@ensign/apimachinery'

const operationSchema: MessageSchema = {
  name: 'jsonPatchOp',
  goName: 'handlers.jsonPatchOp',
  fields: [
    { name: 'op', number: 1, type: 'string', presence: 'always' },
    { name: 'path', number: 2, type: 'string', presence: 'always' },
    { name: 'from', number: 3, type: 'string', presence: 'always' },
    { name: 'value', number: 4, type: 'rawExtension', presence: 'always' },
  ],
}

/**
 * Unknown and duplicate members of its operations.
 *
 * @throws JsonDecodeError when it is no list of operations
 */
export function jsonPatchProblems({ value, duplicates }: JsonDocument): string[] {
  if (value === null) return []
  if (!Array.isArray(value)) {
    const found = typeof value === 'boolean' ? 'bool' : typeof value
    throw new JsonDecodeError(`json: cannot unmarshal ${found} into Go value of type []handlers.jsonPatchOp`)
  }
  const problems: string[] = []
  for (const [index, operation] of value.entries()) {
    if (operation === null) continue
    decodeJson(operationSchema, operation, {
      unknownField: (path) => problems.push(`json patch unknown field "[${index}].${path}"`),
      duplicateField: (path) => problems.push(`json patch duplicate field "[${index}].${path}"`),
      duplicates,
    })
  }
  return problems
}
