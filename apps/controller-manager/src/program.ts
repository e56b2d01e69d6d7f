/** The controller-manager as a program, by itself or as a command of `ensign`. */
import { aborted, helpText, loggerFrom, type ProgramContext, parseOptions, wantsHelp } from '@ensign/process'
import { compose } from './compose.ts'
import { flags } from './options.ts'

export async function controllerManager({ argv, env, stdout, stderr, signal }: ProgramContext): Promise<number> {
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
}
