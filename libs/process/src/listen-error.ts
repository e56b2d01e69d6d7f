import { errorMessage, systemErrorCode, UserError } from './user-error.ts'

/** One line for an address that could not be listened on, naming the flag to change. */
export function listenError(error: unknown, where: { host?: string; port: number; flag: string }): UserError {
  const address = `${where.host ? `${where.host}:` : ''}${where.port}`
  const other = `choose another with --${where.flag}`
  switch (systemErrorCode(error)) {
    case 'EADDRINUSE':
      return new UserError(`port ${where.port} is in use`, {
        hint: `stop the program that listens there or ${other}`,
        cause: error,
      })
    case 'EACCES':
      return new UserError(`not allowed to listen on port ${where.port}`, { hint: other, cause: error })
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UserError(`${where.host} is no address of this machine`, { cause: error })
    default:
      return new UserError(`cannot listen on ${address}: ${errorMessage(error)}`, { cause: error })
  }
}
