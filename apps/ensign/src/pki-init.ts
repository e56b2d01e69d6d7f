/** `ensign pki init`: what the three services need when each runs as its own process. */
import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { writePrivateFiles } from '@ensign/pki'
import { helpText, type ProgramContext, parseOptions, UserError, wantsHelp } from '@ensign/process'
import { placeOf } from './place.ts'
import { accessText, containerOf, quoted, shortPath } from './screen.ts'
import { configText, writeServiceFolder } from './service-folder.ts'
import { apiserverOptions, controllerManagerOptions, oidcDiscoveryOptions } from './service-options.ts'
import { prepareState } from './state.ts'
import { initFlags } from './up-options.ts'

const summary =
  'Makes certificates, keys, the admin kubeconfig and one option file per service, and prints how to start them. ' +
  'What is there already is kept.'

export async function pki({ argv, env, stdout }: ProgramContext): Promise<number> {
  const [job, ...rest] = argv
  if (wantsHelp(argv)) {
    stdout.write(helpText(initFlags, { usage: 'ensign pki init [flags]', summary }))
    return 0
  }
  if (job !== 'init')
    throw new UserError(`unknown job "pki ${job ?? ''}"`, { hint: 'there is "ensign pki init"', exitCode: 2 })

  const options = parseOptions(initFlags, rest, env)
  const servicesDir = options['services-dir']
  if (servicesDir !== undefined && options['store-url'] === undefined)
    throw new UserError('--store-url is required with --services-dir', {
      hint: 'the apiserver finds no file in a folder that it does not have',
      exitCode: 2,
    })
  // The services may be started from anywhere.
  const folder = resolve(options.dir)
  const place = await placeOf({ ...options, dir: folder })
  const state = await prepareState({
    folder,
    algorithm: options['signing-algorithm'],
    altNames: place.altNames,
    server: place.server,
  })
  const configs = Object.entries({
    apiserver: apiserverOptions(place, state),
    'controller-manager': { ...controllerManagerOptions(place, state), 'leader-elect': true },
    'oidc-discovery': oidcDiscoveryOptions(place, state),
  }).map(([name, content]) => {
    if (servicesDir !== undefined) {
      return { name, file: writeServiceFolder({ name, folder: resolve(servicesDir, name), from: folder, content }) }
    }
    const file = join(folder, `${name}.json`)
    writePrivateFiles({ [file]: configText(content) })
    return { name, file }
  })
  stdout.write(`Certificates and keys are in ${shortPath(join(folder, 'pki'))}

Start each service ${servicesDir === undefined ? 'in a terminal of its own' : 'with its own folder'}:

${configs.map(({ name, file }) => `  ${commandOf(name)} --config ${quoted(shortPath(file))}\n`).join('')}
Then use it:

${accessText(state.adminKubeconfig, options['in-container'] ? containerOf(hostname()) : undefined)}
`)
  return 0
}

/** How a service is started: as a program of its own where there is one beside this one, else as a command of `ensign`. */
function commandOf(service: string): string {
  const [, apps = '', kind] = /^(.*)\/ensign\/(src|dist)\//.exec(fileURLToPath(import.meta.url)) ?? []
  const program = join(apps, service, kind === 'src' ? 'src/main.ts' : 'dist/main.js')
  return existsSync(program) ? `node ${quoted(relative('', program))}` : `ensign ${service}`
}
