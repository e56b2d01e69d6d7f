export { backendSuite } from './backend-suite.ts'
export { committed, eventsAfter, put, record, revision } from './helpers.ts'
export { type StoreHarness, storeSuite } from './store-suite.ts'
