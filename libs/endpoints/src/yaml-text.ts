/** A YAML text and how far it was read: characters, lines and columns. */

export class YamlSyntaxError extends Error {
  override readonly name = 'YamlSyntaxError'
}

/** A space or a tab. */
export const isBlank = (code: number): boolean => code === 0x20 || code === 0x09
/** The line ends of YAML 1.1. */
export const isBreak = (code: number): boolean =>
  code === 0x0a || code === 0x0d || code === 0x85 || code === 0x2028 || code === 0x2029
/** Behind the end of the text a code is no number. */
export const isBlankOrEnd = (code: number): boolean => isBlank(code) || isBreak(code) || Number.isNaN(code)

const byteOrderMark = 0xfeff
const marks = ['---', '...']

export class YamlText {
  at = 0
  /** From 0. */
  line = 0
  readonly #text: string
  #lineStart = 0

  constructor(text: string) {
    this.#text = text
  }

  get column(): number {
    return this.at - this.#lineStart
  }

  /** The code of the character at so much behind the current one; NaN behind the end. */
  code(ahead = 0): number {
    return this.#text.charCodeAt(this.at + ahead)
  }

  slice(from: number, to: number): string {
    return this.#text.slice(from, to)
  }

  /** @param pattern sticky */
  match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.#text)
    if (found) this.at = pattern.lastIndex
    return found
  }

  skip(count: number): void {
    this.at += count
  }

  skipByteOrderMark(): void {
    if (this.at !== 0 || this.code() !== byteOrderMark) return
    this.at++
    this.#lineStart = this.at
  }

  skipBlanks(withTabs: boolean): void {
    for (let code = this.code(); code === 0x20 || (withTabs && code === 0x09); code = this.code()) this.at++
  }

  skipComment(): void {
    for (let code = this.code(); !isBreak(code) && !Number.isNaN(code); code = this.code()) this.at++
  }

  /** Past a line end, and what a scalar has of it. */
  skipBreak(): string {
    const code = this.code()
    this.at += code === 0x0d && this.code(1) === 0x0a ? 2 : 1
    this.line++
    this.#lineStart = this.at
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : '\n'
  }

  /** At the end of the text, which counts as the end of its last line. */
  endLine(): void {
    if (this.column === 0) return
    this.line++
    this.#lineStart = this.at
  }

  /** At `---` or `...` at the start of a line. */
  atDocumentMark(): boolean {
    return this.column === 0 && marks.includes(this.#text.slice(this.at, this.at + 3)) && isBlankOrEnd(this.code(3))
  }

  /** An error where the text was read to, or in what began on another line; Go leaves out the first line. */
  error(problem: string, context = this.line): YamlSyntaxError {
    const line = context || this.line
    return new YamlSyntaxError(line > 0 ? `line ${line + 1}: ${problem}` : problem)
  }
}
