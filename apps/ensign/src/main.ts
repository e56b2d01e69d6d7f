/** The command line: one word says what to do, each in a file of its own that is loaded when it is asked for. */
import { runMain, UserError } from '@ensign/process'

const usage = `Usage: ensign COMMAND [flags]

Commands:
  up         Run a whole plane in this terminal: API server, controllers and
             OIDC discovery
  pki init   Make certificates, keys and option files for running the three
             services separately
  apiserver, controller-manager, oidc-discovery
             Run one of the three services
  probe      Ask a service whether it is ready
  version    Say which version this is
  help       Print this text; "ensign COMMAND --help" prints a command's flags
`

await runMain(process, 'ensign', async (context) => {
  const [command, ...rest] = context.argv
  switch (command) {
    case 'up':
      return (await import('./up.ts')).up({ ...context, argv: rest })
    case 'pki':
      return (await import('./pki-init.ts')).pki({ ...context, argv: rest })
    case 'apiserver':
      return (await import('@ensign/apiserver/src/program.ts')).apiserver({ ...context, argv: rest })
    case 'controller-manager':
      return (await import('@ensign/controller-manager/src/program.ts')).controllerManager({ ...context, argv: rest })
    case 'oidc-discovery':
      return (await import('@ensign/oidc-discovery/src/program.ts')).oidcDiscovery({ ...context, argv: rest })
    case 'probe':
      return (await import('./probe.ts')).probe({ ...context, argv: rest })
    case 'version':
    case '--version':
      return (await import('./version.ts')).version(context)
    case 'help':
    case '--help':
    case '-h':
      context.stdout.write(usage)
      return 0
    case undefined:
      context.stderr.write(usage)
      return 2
    default:
      throw new UserError(`unknown command "${command}"`, { hint: '"ensign help" lists what there is', exitCode: 2 })
  }
})
