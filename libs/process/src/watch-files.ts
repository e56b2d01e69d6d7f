import { createHash } from 'node:crypto'
import { type FSWatcher, watch } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { watchedFileSizeBytesMax } from './limits.ts'

/**
 * Calls `onChange` with the new contents, in the order of `paths`, whenever one of the files has other bytes than
 * before. Folders are watched rather than files: editors and Kubernetes' Secret volumes replace a file (or the link
 * above it) instead of writing into it. A slow poll covers file systems that send no events.
 *
 * A file that is missing or unreadable at the moment leaves everything as it is and is reported to `onError`; so does
 * an `onChange` that throws, and then the same contents are offered again at the next event.
 */
export async function watchFiles(options: {
  paths: readonly string[]
  onChange: (contents: readonly Buffer[]) => void | Promise<void>
  onError: (error: unknown) => void
  signal: AbortSignal
  debounceMs?: number
  pollMs?: number
}): Promise<void> {
  const { paths, onChange, onError, signal, debounceMs = 100, pollMs = 60_000 } = options
  let seen = await fingerprint(paths).catch(() => '')
  let timer: NodeJS.Timeout | undefined
  let reading: Promise<void> = Promise.resolve()

  const check = async () => {
    if (signal.aborted) return
    try {
      const contents = await readAll(paths)
      const now = digest(contents)
      if (now === seen || signal.aborted) return
      await onChange(contents)
      seen = now
    } catch (error) {
      onError(error)
    }
  }
  const schedule = () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      reading = reading.then(check)
    }, debounceMs)
    timer.unref()
  }

  const watchers: FSWatcher[] = []
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    try {
      const watcher = watch(folder, { persistent: false }, schedule)
      watcher.on('error', onError)
      watchers.push(watcher)
    } catch (error) {
      // No more watches to be had, or the folder is not there yet: the poll still finds the change.
      onError(error)
    }
  }
  const poll = setInterval(schedule, pollMs)
  poll.unref()
  const stop = () => {
    clearTimeout(timer)
    clearInterval(poll)
    for (const watcher of watchers) watcher.close()
  }
  if (signal.aborted) stop()
  else signal.addEventListener('abort', stop, { once: true })
}

async function fingerprint(paths: readonly string[]): Promise<string> {
  return digest(await readAll(paths))
}

function digest(contents: readonly Buffer[]): string {
  const hash = createHash('sha256')
  for (const content of contents) hash.update(`${content.length}:`).update(content)
  return hash.digest('base64')
}

function readAll(paths: readonly string[]): Promise<Buffer[]> {
  return Promise.all(paths.map(readLimited))
}

async function readLimited(path: string): Promise<Buffer> {
  await using file = await open(path)
  const { size } = await file.stat()
  if (size > watchedFileSizeBytesMax) throw new Error(`${path} has more than ${watchedFileSizeBytesMax} bytes`)
  return file.readFile()
}
