import { describe, expect, it } from "vitest";
import type { Credentials } from "./credentials.ts";
import { cacheCredentials } from "./credential-cache.ts";

const minute = 60_000;

/** Keys that end an hour after they are made, a clock to turn, and a switch to break the source. */
function source(lifetimeMs: number | undefined, endless: "keep" | "ask" = "keep") {
  const state = { time: 0, loads: 0, broken: false };
  const provider = cacheCredentials(
    async (): Promise<Credentials> => {
      state.loads += 1;
      await Promise.resolve();
      if (state.broken) throw new Error("no network");
      const keys = { accessKeyId: `key-${state.loads}`, secretAccessKey: "s" };
      if (lifetimeMs === undefined) return keys;
      return { ...keys, expiration: new Date(state.time + lifetimeMs) };
    },
    { now: () => new Date(state.time), endless },
  );
  return { state, provider };
}

describe("keeping credentials", () => {
  it("asks once for keys that never end", async () => {
    const { state, provider } = source(undefined);
    await provider();
    state.time = 1e12;
    expect((await provider()).accessKeyId).toBe("key-1");
  });

  it("renews five minutes before the end, once for all who wait", async () => {
    const { state, provider } = source(60 * minute);
    await provider();
    state.time = 54 * minute;
    expect((await provider()).accessKeyId).toBe("key-1");
    state.time = 55 * minute;
    const all = await Promise.all([provider(), provider(), provider()]);
    expect(all.map(({ accessKeyId }) => accessKeyId)).toEqual(["key-2", "key-2", "key-2"]);
    expect(state.loads).toBe(2);
  });

  it("goes on with old keys while they last, and asks again only after a while", async () => {
    const { state, provider } = source(60 * minute);
    await provider();
    state.broken = true;
    state.time = 56 * minute;
    expect((await provider()).accessKeyId).toBe("key-1");
    expect((await provider()).accessKeyId).toBe("key-1");
    expect(state.loads).toBe(2);
    state.time += 10_000;
    state.broken = false;
    expect((await provider()).accessKeyId).toBe("key-3");
  });

  it("fails once the old keys have ended, and recovers at the next call", async () => {
    const { state, provider } = source(60 * minute);
    await provider();
    state.broken = true;
    state.time = 61 * minute;
    await expect(provider()).rejects.toThrow("no network");
    state.broken = false;
    expect((await provider()).accessKeyId).toBe("key-3");
  });

  it("gives none of those again that the store called expired", async () => {
    const { state, provider } = source(60 * minute);
    await provider();
    expect((await provider({ refresh: true })).accessKeyId).toBe("key-2");
    state.broken = true;
    await expect(provider({ refresh: true })).rejects.toThrow("no network");
  });

  it("asks each time where keys without an end may be others the next time", async () => {
    const { provider } = source(undefined, "ask");
    await provider();
    expect((await provider()).accessKeyId).toBe("key-2");
  });
});
