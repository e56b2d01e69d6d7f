import { expect, test } from 'vitest'
import { webSocketToken } from './websocket.ts'

const offer = (token: string): string =>
  `base64url.bearer.authorization.k8s.io.${Buffer.from(token).toString('base64url')}`

test('a token beside another subprotocol is taken', () => {
  expect(webSocketToken(`${offer('a.b.c')}, v5.channel.k8s.io`)).toEqual({ ok: true, token: 'a.b.c' })
})

test('subprotocols without a token offer none', () => {
  expect(webSocketToken('v5.channel.k8s.io, v4.channel.k8s.io')).toBeUndefined()
})

test.each([
  ['alone', offer('a.b.c')],
  ['twice', `${offer('a')}, ${offer('b')}, v5.channel.k8s.io`],
  ['in no base64url', 'base64url.bearer.authorization.k8s.io.++, v5.channel.k8s.io'],
])('a token %s is refused', (_, protocols) => {
  expect(webSocketToken(protocols)).toMatchObject({ ok: false })
})
