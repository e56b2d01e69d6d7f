import { runMain } from '@ensign/process'
import { apiserver } from './program.ts'

await runMain(process, 'apiserver', apiserver)
