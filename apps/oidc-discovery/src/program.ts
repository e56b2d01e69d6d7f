/** The oidc-discovery as a program, by itself or as a command of `ensign`. */
import { aborted, helpText, loggerFrom, type ProgramContext, parseOptions, wantsHelp } from '@ensign/process'
import { compose } from './compose.ts'
import { flags } from './options.ts'

export async function oidcDiscovery({ argv, env, stdout, stderr, signal }: ProgramContext): Promise<number> {
  if (wantsHelp(argv)) {
    const summary = 'Publishes issuer and public keys of an Ensign plane to relying parties, without authentication.'
    stdout.write(helpText(flags, { usage: 'oidc-discovery [flags]', summary }))
    return 0
  }
  const options = parseOptions(flags, argv, env)
  const log = loggerFrom(options, stderr)
  const service = await compose(options, log)
  log.info('Listening', { address: service.address.address, port: service.address.port })
  await aborted(signal)
  await service.close()
  return 0
}
