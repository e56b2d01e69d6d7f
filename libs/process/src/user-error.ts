/**
 * A failure that the person at the terminal can mend: printed as one line, without a stack.
 * Everything else that reaches `runMain` is a bug and keeps its stack.
 */
export class UserError extends Error {
  override readonly name = 'UserError'
  /** What to do about it, in the imperative: `choose another with --port`. */
  readonly hint: string | undefined
  readonly exitCode: number

  constructor(message: string, options: { hint?: string; exitCode?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.hint = options.hint
    this.exitCode = options.exitCode ?? 1
  }

  /** The one line: message, then hint. */
  get line(): string {
    return (this.hint ? `${this.message}; ${this.hint}` : this.message).replaceAll(/\s*\n\s*/g, ' ')
  }
}

/** The system's short name of an I/O failure, such as `ENOENT`, or undefined. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** What went wrong, as text, for whatever was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
