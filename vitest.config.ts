import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["imago-source"] },
  ssr: { resolve: { conditions: ["imago-source"] } },
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // ONNX Runtime already uses every core; more than two files at once only makes them wait for each other.
    maxWorkers: 2,
  },
});
