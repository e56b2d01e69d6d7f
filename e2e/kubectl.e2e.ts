/** What people do with kubectl, with each version that is promised: every command on a built plane of its own. */
import { dirname, join } from 'node:path'
import { type KubectlProgram, runProgram, startCommand } from '@ensign/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually, type PlaneFolder, planeFolder, root, up } from './harness.ts'
import { type KubectlCommand, kubectlCommands } from './kubectl-commands.ts'
import { forEachKubectl } from './kubectls.ts'

/** `edit` opens what it edits with it. */
const editor = 'sed -i s/close:/closing:/'

forEachKubectl((program) => {
  describe(`kubectl ${program.version}`, () => {
    let folder: PlaneFolder
    let plane: AsyncDisposable
    beforeAll(async () => {
      folder = await planeFolder()
      plane = await up(folder, '--store-url=memory:')
    })
    afterAll(async () => {
      await plane?.[Symbol.asyncDispose]()
      folder?.[Symbol.dispose]()
    })

    // Each command finds what those before it have left.
    const all = (commands: readonly KubectlCommand[]) => {
      const known = commands.filter(({ since = 0 }) => since <= minorOf(program))
      test.for(known)('$command', async ({ command, says, code = 0 }) => {
        const text = says instanceof RegExp ? expect.stringMatching(says) : says
        expect(await say(program, folder, command)).toEqual({ text, code })
      })
    }
    all(kubectlCommands.writes)
    all(kubectlCommands.reads)
    all(kubectlCommands.identities)
    all(kubectlCommands.kinds)
    test('get --watch tells of each change', async () => {
      const args = ['--namespace=shop', 'get', 'cm', 'till', '--watch', '--output-watch-events']
      const env = { ...environment(folder), PATH: process.env.PATH }
      await using watching = startCommand(program.path, args, { cwd: folder.path, env })
      await watching.printed('ADDED')
      await say(program, folder, 'label cm till watched=yes')
      await watching.printed('MODIFIED')
      await say(program, folder, 'delete cm till')
      await watching.printed('DELETED')
      const lines = [
        'EVENT +NAME +DATA +AGE',
        ...['ADDED', 'MODIFIED', 'DELETED'].map((event) => `${event} +till +1 +\\d+s`),
      ]
      // It prints a line in pieces.
      await eventually(
        () => Promise.resolve(watching.output.stdout),
        (stdout) => new RegExp(`^${lines.join('\n')}\n$`).test(stdout),
      )
      await say(program, folder, 'create -f till.yaml')
    })
    all(kubectlCommands.ends)
  })
})

function minorOf({ version }: KubectlProgram): number {
  return Number(version.split('.')[1])
}

function environment(folder: PlaneFolder): Record<string, string> {
  return { HOME: dirname(folder.kubeconfig), KUBECONFIG: folder.kubeconfig, EDITOR: editor }
}

async function say(program: KubectlProgram, folder: PlaneFolder, command: string) {
  const { code, stdout, stderr } = await runProgram(program.path, ['--namespace=shop', ...command.split(' ')], {
    env: environment(folder),
    cwd: join(root, 'e2e/kubectl'),
  })
  return { code, text: `${stdout}${stderr}`.trim() }
}
