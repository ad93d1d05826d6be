import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { transferLimits } from "../../core/limits.ts";
import type { CreateUploadOptions } from "../../core/multipart-options.ts";
import type { ObjectStore } from "../../core/object-store.ts";
import { beginUpload } from "./begin-upload.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A store whose answer comes after a while, unless the call is given up before. */
function slowStore(answerAfterMs: number): ObjectStore {
  const createMultipartUpload = (_key: string, options: CreateUploadOptions = {}) =>
    new Promise<string>((resolve, reject) => {
      const refuse = () => reject(new Error("given up"));
      if (options.signal?.aborted === true) refuse();
      options.signal?.addEventListener("abort", refuse);
      setTimeout(() => resolve("id"), answerAfterMs);
    });
  return { createMultipartUpload } as Partial<ObjectStore> as ObjectStore;
}

describe("beginUpload", () => {
  it("learns the id of an upload that is being made when the stop comes", async () => {
    const stop = new AbortController();
    const begun = beginUpload(slowStore(100), "k", { signal: stop.signal });
    stop.abort();
    await vi.advanceTimersByTimeAsync(100);
    expect(await begun).toBe("id");
  });

  it("waits no longer than its limit", async () => {
    const stop = new AbortController();
    const begun = beginUpload(slowStore(60_000), "k", { signal: stop.signal });
    const failure = begun.catch((error: Error) => error.message);
    stop.abort();
    await vi.advanceTimersByTimeAsync(transferLimits.createWaitMs);
    expect(await failure).toBe("given up");
  });

  it("begins nothing after the stop", async () => {
    const begun = beginUpload(slowStore(0), "k", { signal: AbortSignal.abort() });
    await expect(begun).rejects.toThrow("given up");
  });
});
