import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'

export type ScriptArgument = string | number | Buffer

/** The two calls of a Redis client that run a script. */
export interface ScriptRunner {
  evalsha(sha: string, keyCount: number, ...keysAndArguments: ScriptArgument[]): Promise<unknown>
  eval(lua: string, keyCount: number, ...keysAndArguments: ScriptArgument[]): Promise<unknown>
}

export interface Script<K extends string, A extends string, E extends string, R> {
  /**
   * Runs the script by its digest, or by its text where the server does not know it (any more). `rows` are the arguments that
   * come once for each thing the script is to do.
   */
  run(
    runner: ScriptRunner,
    keys: Readonly<Record<K, string>>,
    args: Readonly<Record<A, ScriptArgument>>,
    rows?: readonly Readonly<Record<E, ScriptArgument>>[],
  ): Promise<R>
}

/**
 * A Lua file with names for its keys and arguments. The header of the file is its contract: it must list the same names
 * in the same order, or the program does not start.
 *
 * The file is read beside the module: from the sources as they are; the build of an app copies `src/scripts/*.lua` beside
 * its bundle.
 */
export function defineScript<
  const K extends string,
  const A extends string,
  R,
  const E extends string = never,
>(definition: {
  readonly file: URL
  readonly keys: readonly K[]
  readonly args: readonly A[]
  /** Arguments of one row. The header lists those of the first row, behind the others. */
  readonly each?: readonly E[]
  /** Rejects any shape but the one that the header promises. */
  readonly reply: (reply: unknown) => R
}): Script<K, A, E, R> {
  const { file, keys, args, each = [], reply } = definition
  const lua = readFileSync(file, 'utf8')
  checkHeader(lua, 'KEYS', keys, file)
  checkHeader(lua, 'ARGV', [...args, ...each], file)
  const sha = createHash('sha1').update(lua).digest('hex')
  return {
    async run(runner, keyNames, values, rows = []) {
      const parameters: ScriptArgument[] = [...keys.map((key) => keyNames[key]), ...args.map((arg) => values[arg])]
      for (const row of rows) for (const arg of each) parameters.push(row[arg])
      try {
        return reply(await runner.evalsha(sha, keys.length, ...parameters))
      } catch (error) {
        // A restart empties the server's cache. The script has not run, so this repeats nothing.
        if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error
        return reply(await runner.eval(lua, keys.length, ...parameters))
      }
    },
  }
}

function checkHeader(lua: string, table: 'KEYS' | 'ARGV', names: readonly string[], file: URL): void {
  const header = /^--\[\[(.*?)\]\]/s.exec(lua)?.[1] ?? ''
  const listed = [...header.matchAll(new RegExp(`^ +${table}\\[(\\d+)\\] +(\\w+)`, 'gm'))]
  const found = listed.map(([, number, name]) => `${number} ${name}`).join(', ')
  const wanted = names.map((name, i) => `${i + 1} ${name}`).join(', ')
  if (found !== wanted) throw new Error(`${file.pathname}: header lists ${table} ${found}; its caller passes ${wanted}`)
}
