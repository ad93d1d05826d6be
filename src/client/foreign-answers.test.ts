import { afterEach, describe, expect, it } from "vitest";
import type { ObjectStore } from "../core/object-store.ts";
import {
  answer,
  type ScriptedServer,
  startScriptedServer,
} from "./testing-fixtures/scripted-server.ts";
import { failureOf, openTestStore } from "./testing-fixtures/test-store.ts";

// What answers is no store: a sign-in page of the network, a web server, a proxy.

let server: ScriptedServer;
let store: ObjectStore;

async function open(headers: Record<string, string>, body = ""): Promise<void> {
  server = await startScriptedServer(answer(200, headers, body));
  store = openTestStore(server.endpoint);
}

afterEach(async () => {
  await store.close();
  await server.close();
});

const part = { key: "k", uploadId: "u", partNumber: 1 };
const bytes = Buffer.from("hello");

describe("a web page in answer to a change", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["putObject", () => store.putObject("k", bytes)],
    ["uploadPart", () => store.uploadPart(part, bytes)],
    ["deleteObject", () => store.deleteObject("k")],
    ["abortMultipartUpload", () => store.abortMultipartUpload(part)],
    ["putObjectTags", () => store.putObjectTags("k", { a: "b" })],
    ["copyObject", () => store.copyObject({ key: "a" }, "k")],
  ])("is no success of %s", async (_, call) => {
    await open({ "content-type": "text/html; charset=utf-8", etag: '"e"' }, "<html>Sign in</html>");
    const failure = await failureOf(call());
    expect(failure).toMatchObject({ code: "Unavailable", status: 200, outcome: "unknown" });
    expect(failure.remedy).toContain("sign-in page");
    expect(server.requests).toHaveLength(1);
  });

  it("is one where it has bytes alone, whatever its type is called", async () => {
    await open({ "content-type": "text/html" });
    await expect(store.deleteObject("k")).resolves.toEqual({ deleteMarker: false });
  });
});

describe("an answer without an ETag", () => {
  it.each<[string, () => Promise<unknown>]>([
    ["putObject", () => store.putObject("k", bytes)],
    ["uploadPart", () => store.uploadPart(part, bytes)],
  ])("is no success of %s", async (_, call) => {
    await open({});
    expect(await failureOf(call())).toMatchObject({
      code: "Unavailable",
      key: "k",
      outcome: "unknown",
      message: expect.stringContaining("the answer lacks an ETag"),
    });
  });
});
