import { aborted, helpText, loggerFrom, parseOptions, runMain, wantsHelp } from '@ensign/process'
import { compose } from './compose.ts'
import { flags } from './options.ts'

await runMain(process, 'oidc-discovery', async ({ argv, env, stdout, stderr, signal }) => {
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
})
