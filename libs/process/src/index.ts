export { type Clock, systemClock } from './clock.ts'
export { warnOfExposedKeys } from './exposed-keys.ts'
export {
  commonFlags,
  envName,
  type Flag,
  type Flags,
  flag,
  type OptionsOf,
  optionsFrom,
  parseOptions,
  wantsHelp,
} from './flags.ts'
export { durationText, flagTable, flagText, helpText } from './help.ts'
export { listenError } from './listen-error.ts'
export {
  createLogger,
  type LogFields,
  type LogFormat,
  type Logger,
  type LogLevel,
  logFormatFor,
  logLevels,
  silentLogger,
} from './log.ts'
export { logFlags, loggerFrom } from './log-flags.ts'
export {
  type Counter,
  createMetrics,
  type Gauge,
  type Histogram,
  type Labelled,
  type MetricsRegistry,
  metricsContentType,
} from './metrics.ts'
export { aborted, type ProcessLike, type ProgramContext, runMain, shutdownSignal } from './run-main.ts'
export { errorMessage, systemErrorCode, UserError } from './user-error.ts'
export {
  boolean,
  durationMs,
  filePath,
  folderPath,
  httpsUrl,
  integer,
  ipAddress,
  list,
  oneOf,
  type Parser,
  port,
  positiveDurationMs,
  string,
} from './values.ts'
export { watchFiles } from './watch-files.ts'
