import { aborted, helpText, loggerFrom, parseOptions, runMain, wantsHelp } from '@ensign/process'
import { compose } from './compose.ts'
import { flags } from './options.ts'

await runMain(process, 'controller-manager', async ({ argv, env, stdout, stderr, signal }) => {
  if (wantsHelp(argv)) {
    const summary = 'Keeps the objects of an Ensign plane as they should be.'
    stdout.write(helpText(flags, { usage: 'controller-manager [flags]', summary }))
    return 0
  }
  const options = parseOptions(flags, argv, env)
  const log = loggerFrom(options, stderr)
  const manager = await compose(options, log)
  log.info('Started', { apiserver: options.apiserver })
  await aborted(signal)
  await manager.close()
  return 0
})
