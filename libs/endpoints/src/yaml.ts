/**
 * Values as Kubernetes writes YAML: keys in order, lists as far left as their key, and in quotes what a reader of
 * YAML 1.1 would take for something else than text, such as times.
 * Source: sigs.k8s.io/yaml, go.yaml.in/yaml/v2 {encode,emitterc,resolve}.go
 */
import { Scalar, type ScalarTag, stringify } from 'yaml'
import { type StringifyContext, stringifyString } from 'yaml/util'

export const yaml = (value: unknown): string =>
  stringify(value, {
    sortMapEntries: true,
    lineWidth: 0,
    indentSeq: false,
    singleQuote: true,
    version: '1.1',
    customTags: (tags) => [...tags.filter((tag) => typeof tag === 'string' || tag.tag !== stringTag), text],
  })

const stringTag = 'tag:yaml.org,2002:str'

/** Text that would be read as a bool, null, a number (base 60 too), a time or a merge key. */
const notText = new RegExp(
  [
    'y|yes|on|n|no|off|true|false|null|~|<<|',
    '[-+]?(?:0b[01_]+|0x[0-9a-f_]+|[0-9][0-9_]*)',
    '[-+]?(?:[0-9][0-9_]*)?\\.?[0-9_]*(?:e[-+]?[0-9]+)?',
    '[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\\.[0-9_]*)?',
    '[-+]?\\.inf|\\.nan',
    '\\d{4}-\\d\\d?-\\d\\d?(?:(?:t|[ \\t]+)\\d\\d?:\\d\\d:\\d\\d(?:\\.\\d*)?(?:[ \\t]*(?:z|[-+]\\d\\d?(?::?\\d\\d)?))?)?',
  ]
    .map((form) => `^(?:${form})$`)
    .join('|'),
  'i',
)

const text: ScalarTag = {
  tag: stringTag,
  default: true,
  identify: (value) => typeof value === 'string',
  resolve: (value) => value,
  stringify(item, context, onComment, onChompKeep) {
    const value = String(item.value)
    const scalar = new Scalar(value)
    if (notText.test(value)) scalar.type = Scalar.QUOTE_DOUBLE
    const written = stringifyString(scalar, context, onComment, onChompKeep)
    return written.includes('\n') || context.implicitKey ? written : folded(written, context)
  },
}

/** Column behind which a line is broken at the next blank. */
const lineColumns = 80

/** Lines are broken between two words, and go on one level deeper. */
function folded(written: string, { indent, indentStep, indentAtStart = indentStep.length }: StringifyContext): string {
  const isDouble = written.startsWith('"')
  let column = indent.length - indentStep.length + indentAtStart
  let out = ''
  for (let at = 0; at < written.length; at++) {
    const character = written[at] as string
    const isBreak =
      character === ' ' && column > lineColumns && at > 1 && at < written.length - 2 && written[at - 1] !== ' '
    if (isBreak && (isDouble || written[at + 1] !== ' ')) {
      out += `\n${indent}${isDouble && written[at + 1] === ' ' ? '\\' : ''}`
      column = indent.length
    } else {
      out += character
      column++
    }
  }
  return out
}
