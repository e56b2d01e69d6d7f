import { describe, expect, test } from 'vitest'
import { flag, optionsFrom, parseOptions, wantsHelp } from './flags.ts'
import { flagTable, helpText } from './help.ts'
import { UserError } from './user-error.ts'
import { boolean, httpsUrl, integer, list, oneOf, positiveDurationMs, string } from './values.ts'

const flags = {
  issuer: flag({ parse: httpsUrl, required: true, help: 'Issuer; byte-equal to the "iss" claim.' }),
  refresh: flag({ parse: positiveDurationMs, default: 90_000, help: 'How often to ask for keys.' }),
  'key-file': flag({ parse: string, repeatable: true, help: 'Public keys.' }),
  audiences: flag({ parse: list, repeatable: true, help: 'Audiences.' }),
  lookup: flag({ parse: boolean, default: true, help: 'Look objects up.' }),
  port: flag({ parse: integer(0, 65535), env: 'LISTEN_PORT', help: 'Port.' }),
  level: flag({ parse: oneOf('info', 'debug'), default: 'info', help: 'Level.' }),
}
const required = ['--issuer', 'https://x']

const failure = (argv: string[], env = {}, config?: string): UserError => {
  try {
    parseOptions(flags, argv, env, () => config ?? '')
  } catch (error) {
    if (error instanceof UserError) return error
    throw error
  }
  throw new Error('was accepted')
}

describe('parseOptions', () => {
  test('types every option and fills in the defaults', () => {
    const options = parseOptions(flags, required, {})
    const typed: { issuer: string; refresh: number; 'key-file': readonly string[]; port: number | undefined } = options
    expect(typed).toEqual({
      issuer: 'https://x',
      refresh: 90_000,
      'key-file': [],
      audiences: [],
      lookup: true,
      port: undefined,
      level: 'info',
    })
  })

  test('reads --name value, --name=value, bare booleans, and repeated flags in order', () => {
    const argv = [
      ...required,
      '--lookup=false',
      '--key-file',
      'a,b',
      '--key-file=c',
      '--audiences',
      'x,y',
      '--audiences=z',
    ]
    expect(parseOptions(flags, argv, {})).toMatchObject({
      lookup: false,
      'key-file': ['a,b', 'c'],
      audiences: ['x', 'y', 'z'],
    })
    expect(parseOptions(flags, [...required, '--lookup'], {}).lookup).toBe(true)
  })

  test('lets the command line win over the environment, and that over the config file', () => {
    const config = JSON.stringify({ issuer: 'https://file', refresh: '1m', port: 3, 'key-file': ['f', 'g'] })
    const env = { ENSIGN_ISSUER: 'https://env', ENSIGN_REFRESH: '2m', ENSIGN_CONFIG: 'c.json' }
    expect(parseOptions(flags, ['--issuer', 'https://arg'], env, () => config)).toMatchObject({
      issuer: 'https://arg',
      refresh: 120_000,
      port: 3,
      'key-file': ['f', 'g'],
    })
  })

  test('takes the last of a flag that does not repeat', () => {
    expect(parseOptions(flags, [...required, '--issuer', 'https://y'], {}).issuer).toBe('https://y')
  })

  test.each([
    [['--isuer', 'x'], 'unknown flag --isuer; did you mean --issuer?'],
    [['--zzzzzzzz'], 'unknown flag --zzzzzzzz; --help lists all flags'],
    [['up'], 'unexpected argument "up"; --help lists what is understood'],
    [['--issuer'], '--issuer needs a value'],
    [[], '--issuer is required; Issuer; byte-equal to the "iss" claim'],
    [['--issuer', 'http://x'], '--issuer "http://x": must be an absolute https URL'],
    [[...required, '--port', '65536'], '--port "65536": must be between 0 and 65535'],
    [[...required, '--level', 'loud'], '--level "loud": must be one of info, debug'],
    [['--constructor', 'x'], 'unknown flag --constructor; --help lists all flags'],
  ])('refuses %j with one line', (argv, line) => {
    expect(failure(argv).line).toBe(line)
    expect(failure(argv).exitCode).toBe(2)
  })

  test('says where a bad value came from', () => {
    expect(failure(required, { ENSIGN_LISTEN_PORT: 'x' }).line).toBe(
      '--port "x" (from ENSIGN_LISTEN_PORT): must be a whole number',
    )
    expect(failure([...required, '--config', 'c.json'], {}, '{"port":-1}').line).toBe(
      '--port "-1" (from --config c.json): must be between 0 and 65535',
    )
    expect(failure(['--config', 'c.json'], {}, '{"isuer":1}').line).toBe(
      '--config c.json: unknown option "isuer"; did you mean "issuer"?',
    )
    expect(failure(['--config', 'c.json'], {}, '[]').line).toBe(
      '--config c.json: must be a JSON object of options by name',
    )
    expect(failure(['--config', 'c.json'], {}, '{').line).toMatch(/^cannot read --config c\.json: /)
  })
})

test('optionsFrom starts with the defaults', () => {
  expect(optionsFrom(flags, { issuer: 'https://x' })).toMatchObject({
    issuer: 'https://x',
    lookup: true,
    'key-file': [],
  })
})

test('help and the reference table come from the flags', () => {
  const help = helpText(flags, { usage: 'x [flags]', summary: 'Does x.' })
  expect(help).toContain('  --refresh DURATION\n      How often to ask for keys. [default 1m30s; env ENSIGN_REFRESH]')
  expect(help).toContain('  --lookup\n')
  expect(help).toContain('  --config FILE\n')
  for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  expect(flagTable(flags)).toContain('| `--port` | `ENSIGN_LISTEN_PORT` |  | Port. |')
  expect(wantsHelp(['up', '-h'])).toBe(true)
})
