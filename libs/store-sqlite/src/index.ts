export { createSqliteConnection } from './connection.ts'
