import { expect, test } from 'vitest'
import { createLogger, type LogFormat } from './log.ts'
import { manualClock } from './testing/index.ts'

function logger(format: LogFormat, level: 'debug' | 'warn' = 'debug') {
  const lines: string[] = []
  return { lines, log: createLogger({ write: (line) => lines.push(line), format, level, clock: manualClock() }) }
}

test('JSON lines carry time, level, message and fields', () => {
  const { lines, log } = logger('json')
  log.with({ part: 'x' }).info('Keys changed', { count: 2, level: 'fake', gone: undefined })
  expect(lines).toEqual([
    '{"time":"2026-01-01T00:00:00.000Z","level":"info","message":"Keys changed","part":"x","count":2,"field.level":"fake"}\n',
  ])
})

test('text lines quote what could be taken for another field or line', () => {
  const { lines, log } = logger('text')
  log.warn('Refused', { path: '/a b', user: 'x\ny=1', n: 3, error: new Error('no way') })
  expect(lines).toEqual(['00:00:00.000 WARN  Refused path="/a b" user="x\\ny=1" n=3 error="no way"\n'])
})

test('a value that is too long is cut', () => {
  const { lines, log } = logger('json')
  log.info('Long', { value: 'x'.repeat(5000), object: { list: ['y'.repeat(5000)] } })
  expect(lines[0]?.length).toBeLessThan(2300)
  expect(lines[0]).toContain('… (5000 characters)')
})

test('lines below the level are not written', () => {
  const { lines, log } = logger('json', 'warn')
  log.info('Hidden')
  log.error('Shown')
  expect(lines).toHaveLength(1)
  expect([log.enabled('info'), log.enabled('error')]).toEqual([false, true])
})
