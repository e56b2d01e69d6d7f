/**
 * `npm run generate`: makes of `proto/` the TypeScript types, the runtime schemas, the documentation for OpenAPI and the
 * gRPC code. With `--check` it writes nothing and fails when a committed file is not what it would write.
 */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { descriptionsFile } from './descriptions.ts'
import { buildDescriptors, type MessageModel, readModel } from './model.ts'
import { generateServices } from './services.ts'
import { header, typescriptFile } from './typescript.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const machinery = 'libs/apimachinery/src/generated'
const api = 'libs/api/src/generated'
const rpc = 'libs/rpc/src/generated'
process.env.PATH = `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH}`

const files = generate()
if (process.argv.includes('--check')) check(files)
else write(files)

/** Everything the generator makes, by path relative to the repository. */
function generate(): Map<string, string> {
  const messages = readModel(buildDescriptors(root))
  const byFile = Map.groupBy(messages, fileOf)
  const files = new Map<string, string>()
  for (const [path, own] of byFile) {
    const isMachinery = path.startsWith(machinery)
    files.set(
      path,
      typescriptFile(
        own,
        (message) => importPath(path, message),
        isMachinery ? '../schema.ts' : '@ensign/apimachinery',
      ),
    )
  }
  files.set(`${api}/descriptions.ts`, descriptionsFile(messages))
  const scratch = mkdtempSync(join(tmpdir(), 'ensign-generate-'))
  try {
    for (const [path, text] of generateServices(root, scratch)) files.set(`${rpc}/${path}`, header + text)
  } finally {
    rmSync(scratch, { recursive: true })
  }
  return files
}

function fileOf(message: MessageModel): string {
  if (message.package.startsWith('k8s.io.apimachinery.')) return `${machinery}/meta-v1.ts`
  const group = message.group === '' ? 'core' : message.group.split('.')[0]
  return `${api}/${group}-${message.version}.ts`
}

function importPath(from: string, message: MessageModel): string {
  const file = fileOf(message)
  if (file.startsWith(machinery) && !from.startsWith(machinery)) return '@ensign/apimachinery'
  return `./${relative(dirname(from), file)}`
}

function write(files: ReadonlyMap<string, string>): void {
  for (const path of staleFiles(files)) rmSync(join(root, path))
  for (const [path, text] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    if (current(path) !== text) writeFileSync(join(root, path), text)
  }
}

function check(files: ReadonlyMap<string, string>): void {
  const changed = [...files].filter(([path, text]) => current(path) !== text).map(([path]) => path)
  const wrong = [...changed, ...staleFiles(files)]
  if (wrong.length === 0) return
  console.error(
    `not what the generator makes of proto/ (run npm run generate):\n${wrong.map((path) => `  ${path}`).join('\n')}`,
  )
  process.exit(1)
}

function current(path: string): string | undefined {
  const full = join(root, path)
  return existsSync(full) ? readFileSync(full, 'utf8') : undefined
}

/** Files in the generated folders that nothing generates any more. */
function staleFiles(files: ReadonlyMap<string, string>): string[] {
  return [machinery, api, rpc]
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) => {
      const entries = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    })
    .filter((path) => !files.has(path))
}
