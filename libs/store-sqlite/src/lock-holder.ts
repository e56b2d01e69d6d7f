import fs from 'node:fs'

/**
 * The process that holds a lock on a file, where the system tells (Linux). Nothing has to be written down for that, so
 * nothing stale is told.
 */
export function lockHolder(path: string): number | undefined {
  try {
    const { dev, ino } = fs.statSync(path, { bigint: true })
    const lines = fs.readFileSync('/proc/locks', 'utf8').split('\n')
    // `1: POSIX  ADVISORY  WRITE 4711 08:01:131 0 EOF`: the device in hexadecimal, the inode in decimal.
    const ids = lines.map((line) => /\bWRITE\s+(\d+)\s+([0-9a-f]+):([0-9a-f]+):(\d+)\s/.exec(line))
    const found = ids.find((id) => id && Number(id[4]) === Number(ino) && isDevice(dev, id[2], id[3]))
    return found ? Number(found[1]) : undefined
  } catch {
    return undefined
  }
}

/** Source: glibc's gnu_dev_major and gnu_dev_minor. */
function isDevice(dev: bigint, major = '', minor = ''): boolean {
  const majorOf = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & 0xfffff000n)
  const minorOf = (dev & 0xffn) | ((dev >> 12n) & 0xffffff00n)
  return BigInt(`0x${major}`) === majorOf && BigInt(`0x${minor}`) === minorOf
}
