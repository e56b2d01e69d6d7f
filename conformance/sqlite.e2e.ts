import { conformance } from './suite.ts'

conformance('SQLite', async () => [])
