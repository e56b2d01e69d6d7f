import { runMain } from '@ensign/process'
import { controllerManager } from './program.ts'

await runMain(process, 'controller-manager', controllerManager)
