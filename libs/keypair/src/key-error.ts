/** Why key material was refused. The message never quotes any of it. */
export class KeyError extends Error {
  override readonly name = 'KeyError'
  readonly code: 'no-key' | 'unreadable' | 'encrypted' | 'unsupported' | 'weak'

  constructor(code: KeyError['code'], message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
  }
}
