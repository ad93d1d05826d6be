import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createFileService } from "../../src/files/create-file-service.ts";
import type { FileService } from "../../src/files/file-service.ts";
import { LateFileService } from "../../src/files/late-file-service.ts";
import { createMemoryStore } from "../../src/testing/stores/create-memory-store.ts";
import { observe } from "../../src/wrappers/observe.ts";
import { longCalls, prepare, shortCalls } from "./every-call.ts";

let folder: string;
let service: FileService;
let controller: AbortController;
/** Whether the next request of the store stops the call that it belongs to. */
let isTrap: boolean;
let warnings: unknown[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sms-calls-"));
  controller = new AbortController();
  isTrap = false;
  const began = (): void => {
    if (isTrap) controller.abort();
  };
  const store = createMemoryStore({ versioned: true });
  service = createFileService(observe(store, { began, ended: () => undefined }));
  await prepare(service, folder);
  warnings = [];
  vi.spyOn(process, "emitWarning").mockImplementation((message) => void warnings.push(message));
});
afterEach(async () => {
  vi.restoreAllMocks();
  await service.close();
  await rm(folder, { recursive: true });
});

it("is about every method of a service", () => {
  const named = [...Object.keys(longCalls), ...Object.keys(shortCalls)];
  // Links are made without a request.
  const others = ["list, in pages", "signedUrl", "signedForm", "close"];
  const methods = Object.getOwnPropertyNames(LateFileService.prototype);
  expect(new Set([...named, ...others])).toEqual(
    new Set([...methods.filter((name) => name !== "constructor"), "list, in pages"]),
  );
});

describe.each(Object.entries({ ...longCalls, ...shortCalls }))("%s", (_name, call) => {
  it("is not begun once its signal has fired, and stops when it fires", async () => {
    controller.abort();
    const { signal } = controller;
    await expect(call(service, { signal }, folder)).rejects.toMatchObject({ code: "Aborted" });
    controller = new AbortController();
    isTrap = true;
    const stopped = call(service, { signal: controller.signal }, folder);
    await expect(stopped).rejects.toMatchObject({ code: "Aborted" });
  });
});

describe.each(Object.entries(longCalls))("%s", (name, call) => {
  it("tells how far it is, to the end", async () => {
    const told: { doneBytes?: number; done?: number; doneFiles?: number }[] = [];
    await call(service, { onProgress: (news) => told.push(news as object) }, folder);
    const { doneBytes = 0, done = 0, doneFiles = 0 } = told.at(-1) ?? {};
    expect(doneBytes + done + doneFiles).toBeGreaterThan(0);
  });

  it.each([
    ["throws", () => false],
    ["rejects", () => true],
  ])("is not changed by a listener that %s, which is told once", async (_how, isAsync) => {
    let calls = 0;
    const onProgress = (): unknown => {
      calls += 1;
      const failure = new Error("disk full");
      if (!isAsync()) throw failure;
      return Promise.reject(failure);
    };
    await call(service, { onProgress }, folder);
    await new Promise((resolve) => setImmediate(resolve));
    expect(calls).toBeGreaterThan(0);
    expect(warnings).toEqual([
      `onProgress of ${name} failed, and what it was told went on: disk full`,
    ]);
  });
});
