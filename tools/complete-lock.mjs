/**
 * Run after every change of dependencies: `npm install && node tools/complete-lock.mjs`.
 *
 * npm leaves optional packages for other platforms out of the lock when the registry in use does not have them, and
 * `npm ci` then refuses the lock. This adds what is missing, with the platform that the name tells.
 */
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const { packages } = lock

const systems = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
  'wasi',
  'wasm32',
]
const processors = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'x64',
  'armv7',
  'wasm32',
]

let added = 0
for (const [path, entry] of Object.entries({ ...packages })) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (found(path, name)) continue
    const words = name.split(/[/-]/)
    packages[`node_modules/${name}`] = {
      version: range.replace(/^[~^]/, ''),
      ...(entry.dev && { dev: true }),
      optional: true,
      os: systems.filter((s) => words.includes(s)),
      cpu: processors.filter((c) => words.some((w) => w === c || w.startsWith(`${c}eabi`))),
    }
    added++
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)))
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} optional packages added to package-lock.json`)

/** As node resolves: nearest node_modules first. */
function found(from, name) {
  for (let at = from; ; at = at.slice(0, at.lastIndexOf('node_modules/') - 1)) {
    const prefix = at === '' ? '' : `${at}/`
    if (`${prefix}node_modules/${name}` in packages) return true
    if (!at.includes('node_modules/')) return `node_modules/${name}` in packages
  }
}
