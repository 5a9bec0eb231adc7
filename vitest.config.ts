import { defineConfig } from "vitest/config";
import { softwareVulkanEnvironment } from "./test/platform/software-vulkan.ts";

// Read by the loader when a process starts, so the test processes must inherit them.
Object.assign(process.env, softwareVulkanEnvironment());

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
