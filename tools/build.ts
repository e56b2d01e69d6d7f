/**
 * Bundles the services for release: `apps/NAME/dist/main.js`, one file each with what it loads later in chunks beside
 * it, and the Lua scripts of the Redis store. Run with the names of apps, or without for all.
 */
import { copyFile, readdir, rm } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const scripts = join(root, 'libs/store-redis/src/scripts')

/** CommonJS dependencies inside of a bundle call `require`, which an ES module does not have. */
const banner =
  "import { createRequire as ensignRequire } from 'node:module';const require = ensignRequire(import.meta.url);"

const asked = process.argv.slice(2)
const all = (await readdir(join(root, 'apps'))).sort()
for (const name of asked) {
  if (!all.includes(name)) throw new Error(`no app "${name}"; there are ${all.join(', ')}`)
}
/**
 * Takes Node's own modules by a call instead of an import. An import reads every property of such a module, and of
 * `node:http` some are getters that load a WebSocket client: 25 ms of a start.
 */
const builtinModules: Plugin = {
  name: 'builtin-modules',
  setup(building) {
    building.onResolve({ filter: /^(node:)?[a-z0-9_/]+$/ }, ({ path, kind }) => {
      if (!isBuiltin(path)) return undefined
      // CommonJS gets the module itself, which may be a function.
      if (kind === 'require-call') return { path, external: true }
      return { path: path.replace(/^node:/, ''), namespace: 'builtin' }
    })
    building.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => {
      const properties = Object.getOwnPropertyDescriptors(process.getBuiltinModule(`node:${path}`))
      const names = Object.keys(properties).filter(
        (name) => /^[\w$]+$/.test(name) && name !== 'default' && 'value' in (properties[name] ?? {}),
      )
      return {
        contents: `const it = process.getBuiltinModule('node:${path}'); export default it; export const { ${names.join(', ')} } = it`,
      }
    })
  },
}

await Promise.all((asked.length > 0 ? asked : all).map(bundle))

async function bundle(name: string): Promise<void> {
  const app = join(root, 'apps', name)
  const outdir = join(app, 'dist')
  await rm(outdir, { recursive: true, force: true })
  const result = await build({
    absWorkingDir: root,
    entryPoints: { main: join(app, 'src/main.ts') },
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    splitting: true,
    chunkNames: '[name]-[hash]',
    banner: { js: banner },
    // Names stay as they are written: a stack trace must be readable, and parsing is not what a start spends.
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: false,
    metafile: true,
    logLevel: 'warning',
    plugins: [builtinModules],
    // Optional native parts that nothing here needs.
    external: ['*.node'],
  })
  const inputs = Object.keys(result.metafile.inputs)
  if (inputs.some((input) => input.startsWith('libs/store-redis/'))) await carryScripts(outdir)
  await copyFile(join(root, 'LICENSE'), join(outdir, 'LICENSE'))
  const files = Object.entries(result.metafile.outputs)
  const bytes = files.reduce((sum, [, output]) => sum + output.bytes, 0)
  console.log(`${relative(root, outdir)}  ${files.length} files  ${(bytes / 1024).toFixed(0)} KiB`)
}

/** The scripts are read at run time from beside the code that names them. */
async function carryScripts(outdir: string): Promise<void> {
  const files = (await readdir(scripts)).filter((file) => file.endsWith('.lua'))
  await Promise.all(files.map((file) => copyFile(join(scripts, file), join(outdir, file))))
}
