import type { Writable } from 'node:stream'
import { flag, type OptionsOf } from './flags.ts'
import { createLogger, type Logger, logFormatFor, logLevels } from './log.ts'
import { oneOf } from './values.ts'

/** The options about logging that every service has. */
export const logFlags = {
  'log-level': flag({ parse: oneOf(...logLevels), default: 'info', help: 'Least severe messages to log.' }),
  'log-format': flag({
    parse: oneOf('auto', 'text', 'json'),
    default: 'auto',
    help: 'Text for people, JSON lines for machines; auto decides by whether a terminal reads it.',
  }),
}

/** The logger that these options ask for, writing to a stream, usually stderr. */
export function loggerFrom(
  options: OptionsOf<typeof logFlags>,
  stream: Writable & { readonly isTTY?: boolean },
): Logger {
  const format = options['log-format'] === 'auto' ? logFormatFor(stream) : options['log-format']
  return createLogger({ write: (line) => stream.write(line), format, level: options['log-level'] })
}
