import { aborted, createLogger, helpText, logFormatFor, parseOptions, runMain, wantsHelp } from '@ensign/process'
import { compose } from './compose.ts'
import { apiserverFlags } from './options.ts'

await runMain(process, 'apiserver', async ({ argv, env, stdout, stderr, signal }) => {
  if (wantsHelp(argv)) {
    stdout.write(
      helpText(apiserverFlags, {
        usage: 'apiserver [flags]',
        summary: 'Serves the Kubernetes API for identities: ServiceAccounts, their tokens, and what they are bound to.',
      }),
    )
    return 0
  }
  const options = parseOptions(apiserverFlags, argv, env)
  const log = createLogger({
    write: (line) => stderr.write(line),
    format: options['log-format'] ?? logFormatFor(stderr),
  })
  const server = await compose(options, log)
  log.info('serving', { url: server.url, grpcPort: server.grpcPort })
  await aborted(signal)
  await server.close()
  return 0
})
