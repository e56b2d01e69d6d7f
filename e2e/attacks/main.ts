/** `node e2e/attacks/main.ts [--seconds 300] [--only NAME]`: all attacks, or one of them, against a plane of the built bundles, and a table of what came of them. */
import { parseArgs } from 'node:util'
import { besiege, report } from './siege.ts'

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '300' }, only: { type: 'string' } } })
process.stdout.write(report(await besiege({ seconds: Number(values.seconds), aloneSeconds: 10, only: values.only })))
