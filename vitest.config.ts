import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: ["tests/interop/**", "tests/browser/**", "node_modules/**"],
    // Long, since machines that test are often busy with other things too.
    testTimeout: 60_000,
    hookTimeout: 90_000,
    // What is waited for comes; how soon is the machine's affair. A second is too short for a busy disk.
    expect: { poll: { timeout: 30_000 } },
    reporters: ["default"],
    pool: "forks",
    // By itself vitest leaves a core free, which is half of a small machine.
    maxWorkers: availableParallelism(),
  },
});
