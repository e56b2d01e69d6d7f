import { optionsFrom } from '@ensign/process'
import { describe, expect, test } from 'vitest'
import { placeOf } from './place.ts'
import { type PlaceOptions, placeFlags } from './up-options.ts'

const place = (options: Partial<PlaceOptions> = {}) => placeOf(optionsFrom(placeFlags, options))

describe('ports', () => {
  test.each<[Partial<PlaceOptions>, number[]]>([
    [{}, [6443, 6444, 8443]],
    [{ port: 7000 }, [7000, 7001, 7002]],
    [{ port: 7000, 'oidc-port': 443 }, [7000, 7001, 443]],
    [{ 'grpc-port': 9000 }, [6443, 9000, 8443]],
  ])('of %j', async (options, expected) => {
    expect(Object.values((await place(options)).ports)).toEqual(expected)
  })

  test('are free ones when asked for none', async () => {
    const { ports } = await place({ port: 0 })
    expect(new Set(Object.values(ports)).size).toBe(3)
    for (const port of Object.values(ports)) expect(port).toBeGreaterThan(1023)
  })

  test('must be three', async () => {
    await expect(place({ port: 8443 - 2, 'grpc-port': 8443 })).rejects.toThrow(
      'the ports 8441, 8443, 8443 are not three',
    )
  })
})

test('the issuer follows from the port, the store from the folder', async () => {
  expect(await place({ port: 7000, dir: 'd' })).toMatchObject({
    issuers: ['https://localhost:7002'],
    storeUrl: 'sqlite:d/ensign.db',
    server: 'https://127.0.0.1:7000',
  })
  expect((await place({ issuer: ['https://a.example', 'https://b.example/x'], hostname: ['c'] })).altNames).toEqual([
    'c',
    '127.0.0.1',
    'a.example',
    'b.example',
  ])
})

test('clients on this machine find a server that listens everywhere', async () => {
  expect((await place({ 'bind-address': '0.0.0.0' })).server).toBe('https://127.0.0.1:6443')
  expect((await place({ 'bind-address': '::1' })).server).toBe('https://[::1]:6443')
})
