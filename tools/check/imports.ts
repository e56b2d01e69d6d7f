/**
 * Who may import whom: imports point down the layers, a package imports only what its package.json names, and some
 * libraries from outside have exactly one owner. The layers stand as `layer:*` tags in each package.json.
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** Each layer and the layers it may import from. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  leaf: ['leaf'],
  core: ['leaf', 'core'],
  backend: ['leaf', 'core'],
  engine: ['leaf', 'core', 'backend', 'engine'],
  edge: ['leaf', 'core', 'backend', 'engine', 'edge'],
  app: ['leaf', 'core', 'backend', 'engine', 'edge', 'app'],
  test: ['leaf', 'core', 'backend', 'engine', 'edge', 'app', 'test'],
}

/** Packages from outside that one library hides from all others. */
const owners: Readonly<Record<string, string>> = {
  '@grpc/grpc-js': '@ensign/rpc',
  ioredis: '@ensign/store-redis',
  jose: '@ensign/keypair',
}

/** The engine's registry knows no kind, so it cannot grow a special case for one. */
const never: readonly (readonly [from: string, to: string])[] = [['@ensign/registry', '@ensign/api']]

interface Project {
  readonly name: string
  readonly folder: string
  readonly layer: string
  readonly dependencies: ReadonlySet<string>
}

export function importProblems(root: string): string[] {
  const projects = globSync('{apps,libs}/*/package.json', { cwd: root }).map((file) => readProject(root, file))
  const byName = new Map(projects.map((p) => [p.name, p]))
  const problems: string[] = []
  for (const project of projects) {
    for (const file of globSync('src/**/*.ts', { cwd: join(root, project.folder) })) {
      const isTest = /\.(spec|e2e)\.ts$|\/testing\//.test(file)
      const text = readFileSync(join(root, project.folder, file), 'utf8')
      for (const specifier of specifiersIn(text)) {
        const problem = problemOf(project, specifier, isTest, byName)
        if (problem) problems.push(`${project.folder}/${file}: ${problem}`)
      }
    }
    for (const dependency of project.dependencies) {
      const target = byName.get(dependency)
      if (target && !allowed(project, target))
        problems.push(
          `${project.folder}/package.json: ${project.layer} may not depend on ${dependency}, which is ${target.layer}`,
        )
    }
  }
  return problems
}

function readProject(root: string, file: string): Project {
  const json = JSON.parse(readFileSync(join(root, file), 'utf8')) as {
    name: string
    nx?: { tags?: string[] }
    dependencies?: Record<string, string>
    devDependencies?: Record<string, string>
  }
  const layer = json.nx?.tags?.find((t) => t.startsWith('layer:'))?.slice('layer:'.length) ?? ''
  if (!(layer in mayImport))
    throw new Error(`${file} needs one of the tags ${Object.keys(mayImport).map((l) => `layer:${l}`)}`)
  return {
    name: json.name,
    folder: dirname(file),
    layer,
    dependencies: new Set(Object.keys({ ...json.dependencies, ...json.devDependencies })),
  }
}

const specifiersIn = (text: string): string[] =>
  [
    ...text.matchAll(
      /(?:^|\n)\s*(?:import|export)[^'"`;]*?from\s*'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|(?:^|\n)import\s*'([^']+)'/g,
    ),
  ].map((m) => (m[1] ?? m[2] ?? m[3]) as string)

function problemOf(
  project: Project,
  specifier: string,
  isTest: boolean,
  byName: ReadonlyMap<string, Project>,
): string | undefined {
  if (specifier.startsWith('.'))
    return specifier.endsWith('/index.ts') && !(isTest && specifier.endsWith('testing/index.ts'))
      ? `imports the barrel ${specifier}`
      : undefined
  if (specifier.startsWith('node:')) return undefined
  const name = specifier.startsWith('@')
    ? specifier.split('/').slice(0, 2).join('/')
    : (specifier.split('/')[0] as string)
  if (specifier === `${name}/testing` && !isTest) return `imports ${specifier} outside of a test`
  // The test tools are the workspace's own dependencies.
  if (isTest && !name.startsWith('@ensign/')) return undefined
  if (owners[name] !== undefined && owners[name] !== project.name)
    return `imports ${name}, which only ${owners[name]} may`
  if (never.some(([from, to]) => from === project.name && to === name)) return `imports ${name}`
  const target = byName.get(name)
  if (target && !isTest && !allowed(project, target))
    return `${project.layer} imports ${name}, which is ${target.layer}`
  if (!project.dependencies.has(name) && name !== project.name)
    return `imports ${name}, which its package.json does not name`
  return undefined
}

const allowed = (from: Project, to: Project): boolean => (mayImport[from.layer] as readonly string[]).includes(to.layer)
