import { createHash } from "node:crypto";
import zlib from "node:zlib";
import { afterEach, describe, expect, it } from "vitest";
import type { ObjectStore } from "../../core/object-store.ts";
import type { S3StoreOptions } from "../create-s3-store.ts";
import { awsDialect } from "../dialects/aws.ts";
import type { ClientEvent } from "../client-event.ts";
import {
  answer,
  errorAnswer,
  hangUp,
  objectAnswer,
  startScriptedServer,
  type ScriptedServer,
  type Step,
} from "../testing-fixtures/scripted-server.ts";
import { failureOf, openTestStore, testCredentials } from "../testing-fixtures/test-store.ts";

let server: ScriptedServer;
let store: ObjectStore;

async function open(steps: Step[], options: Partial<S3StoreOptions> = {}): Promise<void> {
  server = await startScriptedServer(...steps);
  store = openTestStore(server.endpoint, options);
}

afterEach(async () => {
  await store.close();
  await server.close();
});

const putOk = answer(200, { etag: '"e1"' });

/** Takes no checksum headers. */
const refuseChecksums: Step = (request, response, message) =>
  request.headers["x-amz-checksum-crc32"] === undefined
    ? putOk(request, response, message)
    : errorAnswer(501, "NotImplemented", "<Header>x-amz-checksum-crc32</Header>")(
        request,
        response,
        message,
      );

const headOf = (etag: string, checksum?: string): Step =>
  objectAnswer("", {
    etag,
    "content-length": "4",
    ...(checksum !== undefined && { "x-amz-checksum-crc32": checksum }),
  });

describe("answers worth another attempt", () => {
  it.each([
    ["503 SlowDown", errorAnswer(503, "SlowDown")],
    ["500 InternalError", errorAnswer(500, "InternalError")],
    ["502 of a proxy", answer(502, {}, "<html>Bad gateway</html>")],
    ["504 of a proxy", answer(504)],
    ["429", answer(429)],
    ["400 RequestTimeout", errorAnswer(400, "RequestTimeout")],
    ["a hang-up", hangUp],
  ])("%s", async (_name, failing) => {
    await open([failing, failing, putOk]);
    await expect(store.putObject("a", Buffer.from("abc"))).resolves.toMatchObject({ etag: '"e1"' });
    expect(server.requests).toHaveLength(3);
  });

  it("sends a source again from its beginning", async () => {
    await open([errorAnswer(503, "SlowDown"), putOk]);
    const source = {
      lengthBytes: 6,
      async *open() {
        yield Buffer.from("abc");
        yield Buffer.from("def");
      },
    };
    await store.putObject("a", source);
    expect(server.requests.map(({ body }) => body.toString())).toEqual(["abcdef", "abcdef"]);
  });

  it("has four attempts however short the time, and says what it saw", async () => {
    await open([errorAnswer(503, "SlowDown")]);
    const error = await failureOf(store.putObject("a", Buffer.of(1)));
    expect(server.requests).toHaveLength(4);
    expect(error).toMatchObject({ code: "Throttled", status: 503, retryable: true });
    expect(error.message).toMatch(/ \(tried 4 times in \d+(\.\d)? s\)$/);
  });

  it("goes on for its time, to its very end", async () => {
    await open([errorAnswer(503, "SlowDown")], {
      retry: { forMs: 300, backoffBaseMs: 40, backoffCapMs: 40 },
      random: () => 0.99,
    });
    const start = performance.now();
    await failureOf(store.putObject("a", Buffer.of(1)));
    expect(performance.now() - start).toBeGreaterThanOrEqual(295);
    expect(server.requests.length).toBeGreaterThan(4);
  });

  it("is not tried at all when told so", async () => {
    await open([errorAnswer(503, "SlowDown")], { retry: { forMs: 0 } });
    const error = await failureOf(store.putObject("a", Buffer.of(1)));
    expect(server.requests).toHaveLength(1);
    expect(error.message).not.toMatch(/tried/);
  });

  it("waits as long as Retry-After says", async () => {
    const events: ClientEvent[] = [];
    await open([errorAnswer(503, "SlowDown", "", { "retry-after": "1" }), putOk], {
      retry: { forMs: 500 },
      onEvent: (event) => events.push(event),
    });
    const start = Date.now();
    await store.putObject("a", Buffer.of(1));
    expect(Date.now() - start).toBeGreaterThanOrEqual(990);
    expect(events).toMatchObject([
      { type: "retry", attempt: 1, delayMs: 1000, reason: "SlowDown" },
    ]);
  });

  it("does not wait for a Retry-After of an hour", async () => {
    await open([errorAnswer(503, "SlowDown", "", { "retry-after": "3600" })]);
    expect(await failureOf(store.putObject("a", Buffer.of(1)))).toMatchObject({
      code: "Throttled",
      message: expect.stringMatching(/asks to wait 3600 s/) as string,
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe("answers not worth another attempt", () => {
  it.each([
    [403, "AccessDenied", "PermissionDenied"],
    [404, "NoSuchKey", "NotFound"],
    [400, "InvalidArgument", "InvalidArgument"],
    [403, "SignatureDoesNotMatch", "Unauthenticated"],
    [400, "BadDigest", "IntegrityError"],
    [501, "NotImplemented", "NotSupported"],
  ])("%i %s is %s", async (status, s3Code, code) => {
    await open([errorAnswer(status, s3Code)]);
    const error = await failureOf(store.getObject("a/b"));
    expect(error).toMatchObject({
      code,
      s3Code,
      status,
      operation: "GetObject",
      bucket: "bkt",
      key: "a/b",
      requestId: "R1",
      outcome: "not-applied",
    });
    expect(server.requests).toHaveLength(1);
  });
});

describe("what puts itself right", () => {
  it("signs again with the store's clock, and stays with it", async () => {
    const storeTime = new Date(Date.now() + 3_600_000);
    const skewed = errorAnswer(403, "RequestTimeTooSkewed", "", { date: storeTime.toUTCString() });
    await open([skewed, putOk, putOk]);
    await store.putObject("a", Buffer.of(1));
    await store.putObject("b", Buffer.of(1));
    const hours = server.requests.map(({ headers }) => headers["x-amz-date"]?.slice(9, 11));
    expect(hours[0]).not.toBe(hours[1]);
    expect(hours[2]).toBe(hours[1]);
    expect(hours[1]).toBe(storeTime.toISOString().slice(11, 13));
  });

  it("sees a wrong clock behind a HEAD, whose refusal has no name", async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    await open([answer(403, { date }), headOf('"e"')]);
    await expect(store.headObject("a")).resolves.toMatchObject({ etag: '"e"' });
  });

  it("takes a refused HEAD for what it is when the clocks agree", async () => {
    await open([answer(403, { date: new Date().toUTCString() })]);
    expect((await failureOf(store.headObject("a"))).status).toBe(403);
    expect(server.requests).toHaveLength(1);
  });

  it("does so once only", async () => {
    await open([errorAnswer(403, "RequestTimeTooSkewed", "", { date: new Date(0).toUTCString() })]);
    const error = await failureOf(store.putObject("a", Buffer.of(1)));
    expect(error).toMatchObject({ code: "ConfigurationError", s3Code: "RequestTimeTooSkewed" });
    expect(error.remedy).toMatch(/clock/);
    expect(server.requests).toHaveLength(2);
  });

  it("asks an anonymous caller for none", async () => {
    await open([answer(400)], { credentials: () => Promise.resolve(undefined) });
    expect(await failureOf(store.headObject("a"))).toMatchObject({ status: 400 });
    expect(server.requests).toHaveLength(1);
  });

  it("asks for fresh credentials after ExpiredToken", async () => {
    const hints: unknown[] = [];
    await open([errorAnswer(400, "ExpiredToken"), putOk], {
      credentials: (hint) => {
        hints.push(hint?.refresh ?? false);
        const sessionToken = hint?.refresh === true ? "new" : "old";
        return Promise.resolve({ ...testCredentials, sessionToken });
      },
    });
    await store.putObject("a", Buffer.of(1));
    expect(hints).toEqual([false, true]);
    const tokens = server.requests.map(({ headers }) => headers["x-amz-security-token"]);
    expect(tokens).toEqual(["old", "new"]);
  });

  it("asks for them behind a HEAD too, whose refusal has no name", async () => {
    const hints: unknown[] = [];
    await open([answer(400), headOf('"e"')], {
      credentials: (hint) => {
        hints.push(hint?.refresh ?? false);
        return Promise.resolve(testCredentials);
      },
    });
    await store.headObject("a");
    expect(hints).toEqual([false, true]);
  });

  it("tells an expired sign-in what to do", async () => {
    await open([errorAnswer(400, "ExpiredToken")]);
    const error = await failureOf(store.listObjects());
    expect(error).toMatchObject({ code: "Unauthenticated" });
    expect(error.remedy).toMatch(/aws sso login/);
    expect(server.requests).toHaveLength(2);
  });

  it("drops a checksum that nobody asked for when the store refuses it, for good", async () => {
    await open([refuseChecksums]);
    await store.putObject("a", Buffer.from("abc"));
    await store.putObject("b", Buffer.from("abc"));
    const sent = server.requests.map(
      ({ headers }) => headers["x-amz-checksum-crc32"] !== undefined,
    );
    expect(sent).toEqual([true, false, false]);
  });

  it("names the right region, and with an endpoint of one's own does not leave it", async () => {
    const elsewhere = errorAnswer(301, "PermanentRedirect", "", {
      "x-amz-bucket-region": "eu-west-1",
    });
    await open([elsewhere], { dialect: awsDialect });
    const error = await failureOf(store.listObjects());
    expect(error).toMatchObject({ code: "ConfigurationError", details: { Region: "eu-west-1" } });
    expect(error.remedy).toMatch(/STORAGE_S3_REGION=eu-west-1/);
    expect(server.requests).toHaveLength(1);
  });
});

describe("lost answers", () => {
  it("leave the outcome of a write open", async () => {
    await open([hangUp], { retry: { forMs: 0 } });
    const error = await failureOf(store.putObject("a", Buffer.of(1)));
    expect(error).toMatchObject({ code: "Unavailable", outcome: "unknown", retryable: true });
  });

  it("leave it open although a later attempt was refused", async () => {
    await open([hangUp, errorAnswer(403, "AccessDenied")]);
    const error = await failureOf(store.putObject("a", Buffer.of(1)));
    expect(error).toMatchObject({ code: "PermissionDenied", outcome: "unknown" });
  });

  it("do not open that of a read", async () => {
    await open([hangUp], { retry: { forMs: 0 } });
    expect(await failureOf(store.headObject("a"))).toMatchObject({ outcome: "not-applied" });
  });

  const body = Buffer.from("mine");
  const crc32 = Buffer.alloc(4);
  crc32.writeUInt32BE(zlib.crc32(body));
  const md5 = createHash("md5").update(body).digest("hex");

  it.each([
    ["checksum", headOf('"opaque"', crc32.toString("base64"))],
    ["ETag", headOf(`"${md5}"`)],
  ])("of a create-only put: the object found is known by its %s", async (_how, head) => {
    await open([hangUp, errorAnswer(412, "PreconditionFailed"), head]);
    await expect(store.putObject("a", body, { ifAbsent: true })).resolves.toMatchObject({
      etag: expect.stringMatching(/^"/) as string,
    });
    expect(server.requests.map(({ method }) => method)).toEqual(["PUT", "PUT", "HEAD"]);
  });

  it("of a create-only put: another's object of the same size is AlreadyExists", async () => {
    await open([hangUp, errorAnswer(412, "PreconditionFailed"), headOf('"other"')]);
    const error = await failureOf(store.putObject("a", body, { ifAbsent: true }));
    expect(error).toMatchObject({ code: "AlreadyExists", outcome: "unknown" });
  });

  it("are not suspected when the first answer was the refusal", async () => {
    await open([errorAnswer(412, "PreconditionFailed")]);
    const error = await failureOf(store.putObject("a", body, { ifAbsent: true }));
    expect(error).toMatchObject({ code: "AlreadyExists", outcome: "not-applied" });
    expect(server.requests).toHaveLength(1);
  });

  it("of a completion: the upload is gone, the object is ours", async () => {
    const part = createHash("md5").update("p").digest();
    const etag = `"${createHash("md5").update(part).digest("hex")}-1"`;
    await open([hangUp, errorAnswer(404, "NoSuchUpload"), headOf(etag)]);
    const parts = [{ partNumber: 1, etag: `"${part.toString("hex")}"`, sizeBytes: 4 }];
    const done = store.completeMultipartUpload({ key: "a", uploadId: "u" }, parts);
    await expect(done).resolves.toMatchObject({ etag });
  });
});

const lateRefusal = (code: string): Step =>
  answer(200, {}, `<Error><Code>${code}</Code><Message>No.</Message></Error>`);
const copy = () => store.copyObject({ key: "a" }, "b");

describe("an error behind a 200", () => {
  const late = answer(
    200,
    {},
    '  \n <?xml version="1.0"?>\n<Error><Code>InternalError</Code><Message>We failed.</Message></Error>',
  );

  it("of a completion is tried again", async () => {
    const ok =
      "<CompleteMultipartUploadResult><ETag>&quot;x-1&quot;</ETag></CompleteMultipartUploadResult>";
    await open([late, answer(200, {}, ok)]);
    const parts = [{ partNumber: 1, etag: '"p"', sizeBytes: 1 }];
    const done = store.completeMultipartUpload({ key: "a", uploadId: "u" }, parts);
    await expect(done).resolves.toMatchObject({ etag: '"x-1"' });
  });

  it("of a copy fails the copy when it stays", async () => {
    await open([late]);
    const error = await failureOf(store.copyObject({ key: "a" }, "b"));
    expect(error).toMatchObject({
      code: "Unavailable",
      s3Code: "InternalError",
      outcome: "unknown",
    });
    expect(server.requests).toHaveLength(4);
  });

  it.each<[string, string, () => Promise<unknown>]>([
    ["AccessDenied", "PermissionDenied", copy],
    ["NoSuchKey", "NotFound", copy],
    ["PreconditionFailed", "AlreadyExists", () => store.copyObject({ key: "a" }, "b", absent)],
    ["EntityTooSmall", "InvalidArgument", () => store.completeMultipartUpload(upload, parts)],
    ["NoSuchUpload", "NotFound", () => store.completeMultipartUpload(upload, parts)],
    [
      "AccessDenied",
      "PermissionDenied",
      () => store.uploadPartCopy(part, { key: "a" }, { range: firstByte }),
    ],
  ])("that is a refusal (%s) is told at once, as %s", async (s3Code, code, call) => {
    await open([lateRefusal(s3Code)]);
    const expected = { code, s3Code, status: 200, retryable: false, outcome: "not-applied" };
    expect(await failureOf(call())).toMatchObject(expected);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ["SlowDown", "Throttled"],
    ["Backend.OfOwnMaking", "Unavailable"],
  ])("that may pass (%s) is tried again, and leaves the outcome open", async (s3Code, code) => {
    await open([lateRefusal(s3Code)]);
    expect(await failureOf(copy())).toMatchObject({ code, retryable: true, outcome: "unknown" });
    expect(server.requests.length).toBeGreaterThan(1);
  });

  const firstByte = { first: 0, last: 0 };
  const absent = { ifAbsent: true };
  const upload = { key: "a", uploadId: "u" };
  const part = { ...upload, partNumber: 1 };
  const parts = [{ partNumber: 1, etag: '"p"', sizeBytes: 1 }];
});
