/** Which database a `--store-url` names. */
export type StoreUrl =
  | { readonly kind: 'memory' }
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'redis'; readonly url: string }

/**
 * Reads `memory:`, `sqlite:PATH`, `redis://HOST:PORT/DB` or `rediss://…`.
 *
 * @throws TypeError that says what is wrong, without the password that the address may hold.
 */
export function parseStoreUrl(text: string): StoreUrl {
  if (text === 'memory:') return { kind: 'memory' }
  if (text.startsWith('sqlite:')) {
    const path = text.slice('sqlite:'.length).replace(/^\/\/(?=\/)/, '')
    if (path === '') throw new TypeError('needs a file: sqlite:PATH')
    return { kind: 'sqlite', path }
  }
  if (/^rediss?:\/\//.test(text)) {
    if (!URL.canParse(text) || !new URL(text).hostname) throw new TypeError('must look like redis://HOST:PORT')
    return { kind: 'redis', url: text }
  }
  throw new TypeError('must be memory:, sqlite:PATH, redis://HOST:PORT or rediss://HOST:PORT')
}
