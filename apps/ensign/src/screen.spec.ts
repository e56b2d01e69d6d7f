import { optionsFrom } from '@ensign/process'
import { expect, test } from 'vitest'
import { placeOf } from './place.ts'
import { containerOf, quoted, readyText, storeText } from './screen.ts'
import { placeFlags } from './up-options.ts'

test('what a person sees fits 80 columns and has no control characters', async () => {
  const text = readyText(await placeOf(optionsFrom(placeFlags, {})), '.ensign/admin.kubeconfig', 312)
  for (const line of text.split('\n')) expect(line).toMatch(/^[\x20-\x7e]{0,80}$/)
  expect(text).toContain('Ready after 0.31 s')
  expect(text).toContain('  Admin kubeconfig  .ensign/admin.kubeconfig\n')
  expect(text).toContain('  export KUBECONFIG=.ensign/admin.kubeconfig\n')
  expect(text).toContain('https://localhost:8443/.well-known/openid-configuration\n')
})

test('the password of a store is not shown', () => {
  expect(storeText('redis://user:secret@host:6379/0')).toBe('redis://host:6379/0')
  expect(storeText('rediss://:secret@host')).toBe('rediss://host')
  expect(storeText('sqlite:a@b')).toBe('sqlite:a@b')
})

test('paths are quoted for a shell when they need it', () => {
  expect(quoted('/tmp/a.b')).toBe('/tmp/a.b')
  expect(quoted("it's here")).toBe("'it'\\''s here'")
})

test('in a container the text says how the kubeconfig comes out of it', async () => {
  const place = await placeOf(optionsFrom(placeFlags, { dir: '/plane', 'bind-address': '0.0.0.0' }))
  const text = readyText(place, '/plane/admin.kubeconfig', 312, containerOf('0123456789ab'))
  for (const line of text.split('\n')) expect(line).toMatch(/^[\x20-\x7e]{0,80}$/)
  expect(text).toContain('  docker cp 0123456789ab:/plane/admin.kubeconfig .\n  export KUBECONFIG=admin.kubeconfig\n')
  expect(text).toContain('  Admin kubeconfig  /plane/admin.kubeconfig\n')
  expect(text).toContain('"docker stop 0123456789ab" or Ctrl-C stops the plane.\n')
  expect(containerOf('build-host')).toBe('CONTAINER')
})
