import { defineConfig } from "vitest/config";

/** Foreign clients and servers: see tests/interop/. Run by `.ci/run`, which installs them. */
export default defineConfig({
  test: {
    include: ["tests/interop/**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    // What is waited for comes; how soon is the machine's affair. A second is too short for a busy disk.
    expect: { poll: { timeout: 30_000 } },
    fileParallelism: false,
    pool: "forks",
  },
});
