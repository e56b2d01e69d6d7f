/** Runs ts-proto for the gRPC services: every .proto file that is neither a Kubernetes kind nor an option. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'

const tsProtoOptions = [
  'outputServices=grpc-js',
  'esModuleInterop=true',
  'importSuffix=.ts',
  // An enum is not erasable syntax, so Node could not run it.
  'enumsAsLiterals=true',
  'oneof=unions-value',
  'forceLong=bigint',
  'env=node',
  'useOptionals=messages',
  'annotateFilesWithVersion=false',
]

/** Files with a service definition and what they import from beside themselves, relative to proto/. */
export function serviceProtos(root: string): string[] {
  const proto = join(root, 'proto')
  return readdirSync(proto, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.proto') && !path.startsWith('kubernetes/') && !path.startsWith('ensign/options/'))
    .filter((path) => !/^option \(ensign\.options\.v1\.group\)/m.test(readFileSync(join(proto, path), 'utf8')))
    .sort()
}

/** Returns the generated files, by their path relative to `out`. */
export function generateServices(root: string, out: string): Map<string, string> {
  const files = serviceProtos(root)
  if (files.length === 0) return new Map()
  const template = {
    version: 'v2',
    plugins: [{ local: 'protoc-gen-ts_proto', out, opt: tsProtoOptions, include_imports: false }],
  }
  const paths = files.flatMap((file) => ['--path', join('proto', file)])
  execFileSync('buf', ['generate', '--template', JSON.stringify(template), ...paths], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const written = readdirSync(out, { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  return new Map(
    written
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(out, path), readFileSync(path, 'utf8')]),
  )
}
