import { enableCompileCache } from 'node:module'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { apiserverFlags } from '@ensign/apiserver/src/options.ts'
import { makePrivateFolder } from '@ensign/pki'
import {
  aborted,
  type Flags,
  helpText,
  loggerFrom,
  type ProgramContext,
  parseOptions,
  wantsHelp,
} from '@ensign/process'
import { lockFolder } from './lock.ts'
import { placeOf } from './place.ts'
import { type Plane, startPlane } from './plane.ts'
import { checkPorts } from './ports.ts'
import { containerOf, readyText, shortPath } from './screen.ts'
import { decidedApiserverFlags } from './service-options.ts'
import { prepareState } from './state.ts'
import { containerFlags, placeFlags, upLogFlags } from './up-options.ts'

const summary =
  'Runs a whole plane in this terminal: API server, controllers and OIDC discovery. What it needs is made at the ' +
  'first start and kept in one folder.'

const serverFlags = without(apiserverFlags, decidedApiserverFlags)
const flags = { ...placeFlags, ...serverFlags, ...containerFlags, ...upLogFlags }

/** Milliseconds that stopping may take. Connections that nobody ends are cut then. */
const stopMs = 1500

/** `ensign up` */
export async function up({ argv, env, stdout, stderr, signal }: ProgramContext): Promise<number> {
  if (wantsHelp(argv)) {
    stdout.write(helpText(flags, { usage: 'ensign up [flags]', summary }))
    return 0
  }
  const options = parseOptions(flags, argv, env)
  const folder = options.dir
  makePrivateFolder(folder)
  const lock = lockFolder(folder)
  // Compiled code is kept in this folder, which nobody else can write: what lies there is run.
  enableCompileCache(join(folder, 'cache'))

  const place = await placeOf(options)
  await checkPorts(place)
  stdout.write(`Ensign starts in ${shortPath(folder)}\n`)
  const loading = import('@ensign/apiserver/src/compose.ts')
  loading.catch(() => {})
  const state = await prepareState({
    folder,
    algorithm: options['signing-algorithm'],
    altNames: place.altNames,
    server: place.server,
  })
  if (state.isNew) stdout.write(`Made certificates and keys in ${shortPath(join(folder, 'pki'))}\n`)
  const { 'log-format': _format, 'log-level': _level, 'in-container': inContainer, ...chosen } = options
  const starting = startPlane(place, state, chosen, loggerFrom(options, stderr))
  // A start may wait, for a database that went away say; whoever has enough of waiting is heard all the same.
  const started = await Promise.race([starting, aborted(signal)])
  if (started && !signal.aborted) {
    const container = inContainer ? containerOf(hostname()) : undefined
    stdout.write(`\n${readyText(place, state.adminKubeconfig, performance.now(), container)}`)
  }
  await aborted(signal)
  stdout.write('\nStopping\n')
  await stopWithin(starting, stopMs)
  lock.release()
  return 0
}

async function stopWithin(starting: Promise<Plane>, limitMs: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, limitMs)
  // What could not start has stopped itself, and why no longer matters to who wanted it to stop.
  const stopped = starting.then(
    (plane) => plane.close(),
    () => undefined,
  )
  await Promise.race([stopped, late])
  clearTimeout(timer)
}

function without<F extends Flags, K extends keyof F>(flags: F, names: readonly K[]): Omit<F, K> {
  const rest: Partial<F> = { ...flags }
  for (const name of names) delete rest[name]
  return rest as Omit<F, K>
}
