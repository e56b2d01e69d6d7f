/** The apiserver as a program, by itself or as a command of `ensign`. */
import { aborted, helpText, loggerFrom, type ProgramContext, parseOptions, wantsHelp } from '@ensign/process'
import { compose } from './compose.ts'
import {
  checkAuthorizationModes,
  checkedFlags,
  flagsWithoutEffect,
  logFlagsWithoutEffect,
  withLongNames,
} from './kube-flags.ts'
import { apiserverFlags } from './options.ts'

const flags = { ...apiserverFlags, ...checkedFlags }

export async function apiserver({ argv, env, stdout, stderr, signal }: ProgramContext): Promise<number> {
  if (wantsHelp(argv)) {
    stdout.write(
      helpText(flags, {
        usage: 'apiserver [flags]',
        summary: 'Serves the Kubernetes API for identities: ServiceAccounts, their tokens, and what they are bound to.',
        withoutEffect: Object.keys(flagsWithoutEffect),
      }),
    )
    return 0
  }
  const options = parseOptions({ ...flagsWithoutEffect, ...flags }, withLongNames(argv), env)
  checkAuthorizationModes(options)
  const log = loggerFrom(options, stderr)
  logFlagsWithoutEffect(options, log)
  const server = await compose(options, log)
  log.info('serving', { url: server.url, grpcPort: server.grpcPort })
  await aborted(signal)
  await server.close()
  return 0
}
