import { expect, test, vi } from "vitest";
import { startServer } from "./start-server.ts";
import { testIdentities } from "./testing-fixtures/test-server.ts";

test.each([
  [
    "throws",
    () => {
      throw new Error("disk full");
    },
  ],
  ["answers a promise that fails", () => Promise.reject(new Error("disk full"))],
])("a logger that %s changes no answer and ends no program", async (_what, fail) => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
  const rejected = vi.fn<() => void>();
  process.on("unhandledRejection", rejected);
  const logger = vi.fn<() => unknown>(fail);
  const server = await startServer({
    durability: "memory",
    lifecycle: "off",
    identities: testIdentities(),
    logger,
  });
  try {
    for (let request = 1; request <= 2; request += 1) {
      expect((await fetch(`${server.endpoint}/nobody`)).status).toBe(404);
      await expect.poll(() => logger.mock.calls.length).toBe(request);
    }
    await new Promise((resolve) => void setImmediate(resolve));
    expect(rejected).not.toHaveBeenCalled();
    expect(warn).toHaveBeenCalledTimes(1);
    expect(String(warn.mock.calls[0]?.[0])).toContain("logger failed");
  } finally {
    await server.close();
    process.off("unhandledRejection", rejected);
    warn.mockRestore();
  }
});
