import { describe, expect, it } from "vitest";
import { isStorageError, StorageError } from "./errors.ts";

describe("StorageError", () => {
  it("keeps what happened, on what, and what to do", () => {
    const cause = new Error("socket");
    const error = new StorageError("PermissionDenied", "no", {
      operation: "GetObject",
      bucket: "b",
      key: "k",
      status: 403,
      s3Code: "AccessDenied",
      remedy: "ask",
      cause,
    });
    expect(error.cause).toBe(cause);
    expect(error.retryable).toBe(false);
    expect(error.outcome).toBe("not-applied");
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: "PermissionDenied",
      message: "no",
      operation: "GetObject",
      bucket: "b",
      key: "k",
      status: 403,
      s3Code: "AccessDenied",
      retryable: false,
      outcome: "not-applied",
      remedy: "ask",
    });
  });

  it("is told apart by code", () => {
    const error = new StorageError("NotFound", "gone");
    expect(isStorageError(error)).toBe(true);
    expect(isStorageError(error, "NotFound", "Conflict")).toBe(true);
    expect(isStorageError(error, "Conflict")).toBe(false);
    expect(isStorageError(new Error("x"))).toBe(false);
  });
});
