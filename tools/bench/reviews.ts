/** Questions that are answered without writing: whose is this token, may this user do that? */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ask } from './ask.ts'
import { bareRate } from './bare.ts'
import type { Benchmark, Figure } from './figure.ts'
import { load } from './load.ts'
import { type Plane, startPlane } from './plane.ts'
import { account, namespace, populate } from './world.ts'

export const reviews: Benchmark = {
  name: 'reviews',
  title: 'TokenReview, SubjectAccessReview',
  async run() {
    await using plane = await startPlane()
    const token = await populate(plane)
    const user = `system:serviceaccount:${namespace}:${account}`
    const resourceAttributes = { namespace, verb: 'get', resource: 'serviceaccounts', name: account }
    return [
      await review(plane, token, '/apis/authentication.k8s.io/v1', 'TokenReview', { token }),
      await review(plane, token, '/apis/authorization.k8s.io/v1', 'SubjectAccessReview', { user, resourceAttributes }),
    ]
  },
}

async function review(plane: Plane, token: string, group: string, kind: string, spec: object): Promise<Figure> {
  const path = `${group}/${kind.toLowerCase()}s`
  const question = JSON.stringify({ apiVersion: group.slice('/apis/'.length), kind, spec })
  const bodyFile = join(dirname(plane.folder), `${kind}.json`)
  writeFileSync(bodyFile, question)
  const url = `${plane.server}${path}`
  const answer = await ask(url, { caPem: plane.caPem, token, post: question })
  const { status } = JSON.parse(answer.body)
  if (status.authenticated !== true && status.allowed !== true) throw new Error(`a ${kind} said no: ${answer.body}`)
  const value = await load({ url, token, bodyFile })
  const limit = await bareRate(plane, answer, { token, bodyFile })
  const limits = [{ name: 'bare http2', value: limit }]
  return { name: kind, value, unit: '/s', limits, goal: { shareOfLimit: 0.4 } }
}
