import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    exclude: ["tests/interop/**", "tests/browser/**", "node_modules/**"],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    reporters: ["default"],
    pool: "forks",
    // By itself vitest leaves a core free, which is half of a small machine.
    maxWorkers: availableParallelism(),
  },
});
