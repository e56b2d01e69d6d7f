/**
 * One table per program says which options it has. From it come the typed options, `--help`, the environment
 * variables (`ENSIGN_…`), the keys of `--config FILE` and the reference page, so none of them can drift.
 */
import { readFileSync } from 'node:fs'
import { nearest } from './nearest.ts'
import { errorMessage, UserError } from './user-error.ts'
import { filePath, type Parser } from './values.ts'

/** One option. Made by `flag`, so that `T` follows from the parser, the default and `repeatable`. */
export interface Flag<T> {
  readonly help: string
  readonly parse: Parser<unknown>
  /** The value when the option is given nowhere. */
  readonly default: T
  readonly required: boolean
  readonly repeatable: boolean
  /** Variable name behind `ENSIGN_`; made from the flag's name when absent. */
  readonly env: string | undefined
}

export type Flags = Readonly<Record<string, Flag<unknown>>>
export type OptionsOf<F extends Flags> = { readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never }

/** A parser that makes a list (`list`) is flattened when its flag repeats. */
type Item<T> = T extends readonly (infer E)[] ? E : T

interface FlagInput<T> {
  help: string
  parse: Parser<T>
  env?: string
}

export function flag<T>(input: FlagInput<T> & { repeatable: true; required?: boolean }): Flag<readonly Item<T>[]>
export function flag<T>(input: FlagInput<T> & { default: NoInfer<T> }): Flag<T>
export function flag<T>(input: FlagInput<T> & { required: true }): Flag<T>
export function flag<T>(input: FlagInput<T>): Flag<T | undefined>
export function flag<T>(
  input: FlagInput<T> & { default?: T; required?: boolean; repeatable?: boolean },
): Flag<unknown> {
  return {
    help: input.help,
    parse: input.parse,
    default: input.repeatable ? [] : input.default,
    required: input.required ?? false,
    repeatable: input.repeatable ?? false,
    env: input.env,
  }
}

/** What every program has beside its own table. */
export const commonFlags = {
  config: flag({ parse: filePath, help: 'JSON file with options by name; flags and environment win over it.' }),
} as const satisfies Flags

const envPrefix = 'ENSIGN_'

/** The environment variable of an option: `--key-refresh` is `ENSIGN_KEY_REFRESH`. */
export function envName(name: string, flag: Flag<unknown>): string {
  return envPrefix + (flag.env ?? name.toUpperCase().replaceAll('-', '_'))
}

/** Is somebody asking for help rather than for work? */
export function wantsHelp(argv: readonly string[]): boolean {
  return argv.includes('--help') || argv.includes('-h')
}

/**
 * Options from the command line, else the environment, else the config file, else the defaults.
 * @throws UserError (exit code 2) naming the option, where it came from and what it must be.
 */
export function parseOptions<const F extends Flags>(
  flags: F,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  readText: (path: string) => string = (path) => readFileSync(path, 'utf8'),
): OptionsOf<F> {
  const table: Flags = { ...flags, ...commonFlags }
  const given = fromArguments(table, argv)
  for (const [name, flag] of Object.entries(table)) {
    const text = env[envName(name, flag)]
    if (text === undefined || text === '' || given.has(name)) continue
    given.set(name, { texts: flag.repeatable ? text.split(',') : [text], source: envName(name, flag) })
  }
  const config = given.get('config')?.texts.at(-1)
  if (config !== undefined) {
    for (const [name, value] of fromConfigFile(table, config, readText)) if (!given.has(name)) given.set(name, value)
  }
  const options: Record<string, unknown> = {}
  for (const [name, flag] of Object.entries(flags)) options[name] = optionValue(name, flag, given.get(name))
  return options as OptionsOf<F>
}

/** Options made by a program instead of a person: the defaults with some of them replaced. Other names are left out. */
export function optionsFrom<const F extends Flags>(flags: F, overrides: Partial<OptionsOf<F>>): OptionsOf<F> {
  const options: Record<string, unknown> = {}
  for (const [name, flag] of Object.entries(flags)) {
    options[name] = Object.hasOwn(overrides, name) ? overrides[name] : flag.default
  }
  return options as OptionsOf<F>
}

interface Given {
  readonly texts: string[]
  /** Where the value stands, for the error text. */
  readonly source?: string
}

function fromArguments(table: Flags, argv: readonly string[]): Map<string, Given> {
  const given = new Map<string, Given>()
  for (let i = 0; i < argv.length; i++) {
    const argument = argv[i] ?? ''
    const [, name, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(argument) ?? []
    if (name === undefined) throw usage(`unexpected argument "${argument}"`, '--help lists what is understood')
    const flag = Object.hasOwn(table, name) ? table[name] : undefined
    if (flag === undefined) {
      const near = nearest(name, Object.keys(table))
      throw usage(`unknown flag --${name}`, near ? `did you mean --${near}?` : '--help lists all flags')
    }
    const text = inline ?? flag.parse.whenBare ?? argv[++i]
    if (text === undefined) throw usage(`--${name} needs a value`)
    const earlier = given.get(name)
    if (earlier && flag.repeatable) earlier.texts.push(text)
    else given.set(name, { texts: [text] })
  }
  return given
}

function fromConfigFile(table: Flags, path: string, readText: (path: string) => string): Map<string, Given> {
  let content: unknown
  try {
    content = JSON.parse(readText(path))
  } catch (error) {
    throw usage(`cannot read --config ${path}: ${errorMessage(error)}`, undefined, error)
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw usage(`--config ${path}: must be a JSON object of options by name`)
  }
  const given = new Map<string, Given>()
  for (const [name, value] of Object.entries(content)) {
    if (!Object.hasOwn(table, name) || name === 'config') {
      const near = nearest(name, Object.keys(table))
      throw usage(`--config ${path}: unknown option "${name}"`, near && `did you mean "${near}"?`)
    }
    const values: readonly unknown[] = Array.isArray(value) ? value : [value]
    if (!values.every((v) => ['string', 'number', 'boolean'].includes(typeof v))) {
      throw usage(`--config ${path}: "${name}" must be text, a number, true or false, or a list of these`)
    }
    const texts = values.map(String)
    const source = `--config ${path}`
    given.set(name, { texts: table[name]?.repeatable ? texts : [texts.join(',')], source })
  }
  return given
}

function optionValue(name: string, flag: Flag<unknown>, given: Given | undefined): unknown {
  if (given === undefined) {
    if (flag.required) throw usage(`--${name} is required`, flag.help.replace(/\.$/, ''))
    return flag.default
  }
  const parse = (text: string) => {
    try {
      return flag.parse(text)
    } catch (error) {
      const origin = given.source ? ` (from ${given.source})` : ''
      throw usage(`--${name} "${text}"${origin}: ${errorMessage(error)}`, undefined, error)
    }
  }
  if (flag.repeatable) return given.texts.flatMap(parse)
  return parse(given.texts.at(-1) ?? '')
}

function usage(message: string, hint?: string, cause?: unknown): UserError {
  return new UserError(message, { exitCode: 2, cause, ...(hint !== undefined && { hint }) })
}
