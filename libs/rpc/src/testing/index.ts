export { testPki } from './test-pki.ts'
