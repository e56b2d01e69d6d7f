/** `ensign probe`: what a container engine runs to learn whether a service is ready; an image has no curl. */
import { readFileSync } from 'node:fs'
import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
import { join } from 'node:path'
import { fileError } from '@ensign/pki'
import {
  errorMessage,
  filePath,
  flag,
  helpText,
  type ProgramContext,
  parseOptions,
  UserError,
  wantsHelp,
} from '@ensign/process'
import { probeMsMax } from './limits.ts'
import { placeOf } from './place.ts'
import { placeFlags } from './up-options.ts'

const flags = {
  ...placeFlags,
  url: flag({
    parse: httpUrl,
    help: 'What to ask. The readiness of the plane that "ensign up" runs with the same flags when absent.',
  }),
  'certificate-authority': flag({
    parse: filePath,
    help: 'Authority that the service is checked against, PEM. That of the plane in the folder when absent.',
  }),
} as const

const summary = 'Asks a service whether it is ready. Fails unless it answers 200.'

export async function probe({ argv, env, stdout, signal }: ProgramContext): Promise<number> {
  if (wantsHelp(argv)) {
    stdout.write(helpText(flags, { usage: 'ensign probe [flags]', summary }))
    return 0
  }
  const options = parseOptions(flags, argv, env)
  const url = options.url ?? new URL(`${(await placeOf(options)).server}/readyz`)
  const authority = options['certificate-authority'] ?? join(options.dir, 'pki/ca.crt')
  const status = await statusOf(url, url.protocol === 'https:' ? readAuthority(authority) : undefined, signal)
  if (status !== 200) throw new UserError(`${url} answers ${status}`)
  return 0
}

function httpUrl(text: string): URL {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol)) throw new Error('must be an http or https URL')
  return url
}

async function statusOf(url: URL, ca: Buffer | undefined, signal: AbortSignal): Promise<number | undefined> {
  const late = AbortSignal.timeout(probeMsMax)
  const options = { agent: false, signal: AbortSignal.any([signal, late]) } as const
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const request =
    url.protocol === 'http:' ? getHttp(url, options) : getHttps(url, { ...options, ...(ca !== undefined && { ca }) })
  request.on('response', (response) => {
    resolve(response.statusCode)
    request.destroy()
  })
  request.on('error', reject)
  try {
    return await promise
  } catch (error) {
    const reason = late.aborted ? `it was silent for ${probeMsMax / 1000} s` : errorMessage(error)
    throw new UserError(`${url} does not answer: ${reason}`, { cause: error })
  }
}

function readAuthority(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw fileError('read', file, error)
  }
}
