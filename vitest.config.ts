import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      'libs/*',
      'apps/*',
      ...['e2e', 'conformance'].map((name) => ({
        test: {
          name,
          include: [`${name}/**/*.e2e.ts`],
          globalSetup: 'e2e/build.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      })),
    ],
  },
})
