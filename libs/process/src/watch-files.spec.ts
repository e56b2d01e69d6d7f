import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { watchFiles } from './watch-files.ts'

let folder: string
let stop: AbortController
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ensign-watch-'))
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await rm(folder, { recursive: true })
})

async function watching(paths: string[], onChange: (texts: string[]) => void = () => {}) {
  const changes: string[][] = []
  const errors: unknown[] = []
  await watchFiles({
    paths,
    onChange: (contents) => {
      const texts = contents.map(String)
      onChange(texts)
      changes.push(texts)
    },
    onError: (error) => errors.push(error),
    signal: stop.signal,
    debounceMs: 5,
    pollMs: 50,
  })
  return { changes, errors }
}

test('a file that is written into and one that is replaced are both read again', async () => {
  const [a, b] = [join(folder, 'a'), join(folder, 'b')]
  await writeFile(a, '1')
  await writeFile(b, '1')
  const { changes } = await watching([a, b])
  await writeFile(a, '2')
  await vi.waitFor(() => expect(changes.at(-1)).toEqual(['2', '1']))
  await writeFile(`${b}.new`, '3')
  await rename(`${b}.new`, b)
  await vi.waitFor(() => expect(changes.at(-1)).toEqual(['2', '3']))
})

test('a link that is swapped, as a Kubernetes volume does, is followed', async () => {
  await writeFile(join(folder, 'v1'), 'old')
  await writeFile(join(folder, 'v2'), 'new')
  const path = join(folder, 'current')
  await symlink('v1', path)
  const { changes } = await watching([path])
  await symlink('v2', `${path}.tmp`)
  await rename(`${path}.tmp`, path)
  await vi.waitFor(() => expect(changes).toEqual([['new']]))
})

test('bytes that stay the same are no change, and a missing file is only reported', async () => {
  const path = join(folder, 'a')
  await writeFile(path, '1')
  const { changes, errors } = await watching([path])
  await rm(path)
  await vi.waitFor(() => expect(errors).not.toHaveLength(0))
  await writeFile(path, '1')
  await writeFile(path, '2')
  await vi.waitFor(() => expect(changes.at(-1)).toEqual(['2']))
  expect(changes).toEqual([['2']])
})

test('contents that were refused are offered again', async () => {
  const path = join(folder, 'a')
  await writeFile(path, '1')
  let refusals = 0
  const { changes, errors } = await watching([path], () => {
    if (refusals++ === 0) throw new Error('not now')
  })
  await writeFile(path, '2')
  await vi.waitFor(() => expect(changes).toEqual([['2']]))
  expect(errors).toHaveLength(1)
})
