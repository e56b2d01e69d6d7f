/** Reading over REST: one object, a list, and the keys at oidc-discovery. */
import { ask } from './ask.ts'
import { bareRate } from './bare.ts'
import type { Benchmark, Figure } from './figure.ts'
import { load } from './load.ts'
import { type Plane, startPlane } from './plane.ts'
import { settings } from './settings.ts'
import { account, accountsPath, fillList, populate } from './world.ts'

export const reads: Benchmark = {
  name: 'reads',
  title: 'GET and LIST of ServiceAccounts, JWKS',
  async run() {
    await using plane = await startPlane()
    const token = await populate(plane)
    await fillList(plane)
    const accounts = `${plane.server}${accountsPath}`
    const list = `LIST ${settings.listSize} ServiceAccounts`
    return [
      await read(plane, { name: 'GET one ServiceAccount', url: `${accounts}/${account}`, token, goal: 0.4 }),
      await read(plane, { name: list, url: accounts, token, goal: 0.6 }),
      await read(plane, { name: 'JWKS (oidc-discovery)', url: `${plane.discovery}/openid/v1/jwks`, goal: 0.75 }),
    ]
  },
}

async function read(
  plane: Plane,
  { name, url, token, goal }: { name: string; url: string; token?: string; goal: number },
): Promise<Figure> {
  const credentials = token === undefined ? {} : { token }
  const answer = await ask(url, { caPem: plane.caPem, ...credentials })
  const value = await load({ url, ...credentials })
  const limit = await bareRate(plane, answer, credentials)
  return {
    name,
    value,
    unit: '/s',
    limits: [{ name: 'bare http2', value: limit }],
    goal: { shareOfLimit: goal },
  }
}
