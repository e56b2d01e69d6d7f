import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      'libs/*',
      'apps/*',
      {
        test: {
          name: 'e2e',
          include: ['e2e/**/*.e2e.ts'],
          globalSetup: 'e2e/build.ts',
          testTimeout: 60_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
