/** Go's syntax of durations, in which clients name times to wait. Source: go/src/time/format.go, ParseDuration */

/** A number and its unit can be matched in one way only, so that no text is tried in many ways. */
const whole = /^[-+]?(?:0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/
const beginning = /^[-+]?(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*(?:(?:\d+(?:\.\d*)?|\.\d+)([^\d.]*))?/

/** What is wrong with a duration in Go's words, or undefined. */
export function durationProblem(text: string): string | undefined {
  if (whole.test(text)) return undefined
  const shown = JSON.stringify(text)
  const rest = beginning.exec(text)
  if (!rest?.[0] || rest[0] === '-' || rest[0] === '+' || rest[1] === undefined)
    return `time: invalid duration ${shown}`
  return rest[1] === ''
    ? `time: missing unit in duration ${shown}`
    : `time: unknown unit ${JSON.stringify(rest[1])} in duration ${shown}`
}
