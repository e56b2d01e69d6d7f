import { optionsFrom } from '@ensign/process'
import { expect, test } from 'vitest'
import { placeOf } from './place.ts'
import { quoted, readyText, storeText } from './screen.ts'
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
