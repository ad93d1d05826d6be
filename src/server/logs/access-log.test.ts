import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { canonicalId } from "../buckets/canonical-id.ts";
import { keys, TestServer } from "../testing-fixtures/test-server.ts";
import type { AccessLogFormat } from "./access-log.ts";
import { restOperation } from "./rest-operation.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "access-log-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function logOf(
  format: AccessLogFormat,
  requests: (server: TestServer) => Promise<void>,
): Promise<string[]> {
  const file = join(folder, "access.log");
  const server = await TestServer.start({ accessLog: { file, format } });
  await requests(server);
  await server.close();
  return (await readFile(file, "utf8")).trimEnd().split("\n");
}

/** As tools read it: fields in quotes or brackets, or without spaces. */
const fieldsOf = (line: string): string[] => line.match(/"[^"]*"|\[[^\]]*\]|\S+/g) ?? [];

it("has the fields of S3's server access logs, in their order", async () => {
  const [, line = ""] = await logOf("s3", async (server) => {
    await server.send({ method: "PUT", path: "/data" });
    await server.send({
      method: "PUT",
      path: "/data/a%20%C3%A4%22",
      body: "12345",
      headers: { "user-agent": 'evil"\\ agent', referer: "http://example.org/" },
    });
  });
  const fields = fieldsOf(line);
  expect(fields).toHaveLength(26);
  expect(fields.slice(0, 2)).toEqual([canonicalId("111122223333"), "data"]);
  expect(fields[2]).toMatch(/^\[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000\]$/);
  expect(fields.slice(3, 5)).toEqual(["127.0.0.1", "arn:aws:iam::111122223333:user/admin"]);
  expect(fields.slice(6, 11)).toEqual([
    "REST.PUT.OBJECT",
    "a%20%C3%A4%22",
    '"PUT /data/a%20%C3%A4%22 HTTP/1.1"',
    "200",
    "-",
  ]);
  expect(fields.slice(11, 13)).toEqual(["-", "5"]);
  expect(fields.slice(15, 17)).toEqual(['"http://example.org/"', '"evil%22%5C agent"']);
  expect(fields.slice(19, 22)).toEqual(["SigV4", "-", "AuthHeader"]);
  expect(fields.slice(23)).toEqual(["-", "-", "-"]);
});

it("lets no name of a client's be another field or line", async () => {
  const lines = await logOf("s3", async (server) => {
    for (const path of ["/%5Ba%0Ab%20c/key", "/%22a%20b%0Dc/key", "/a%1Bb/key", "/%5Ba%0Ab%20c"]) {
      await server.send({ path, credentials: null });
    }
    await server.send({ path: "/data/a", headers: { host: '"a [b' }, credentials: null });
  });
  expect(lines).toHaveLength(5);
  for (const line of lines) {
    expect(fieldsOf(line)).toHaveLength(26);
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(line).not.toMatch(/[\u0000-\u001f\u007f]/);
  }
});

it("tells refusals and links, and nothing that signs them", async () => {
  const lines = await logOf("s3", async (server) => {
    await server.send({ method: "PUT", path: "/data" });
    await server.send({ path: "/data/a", credentials: keys.plain });
    const query = server.presign({ path: "/data/none" });
    await server.send({ path: "/data/none", query, credentials: null });
  });
  const [, refused = [], link = []] = lines.map(fieldsOf);
  expect(refused.slice(6, 11)).toEqual([
    "REST.GET.OBJECT",
    "a",
    '"GET /data/a HTTP/1.1"',
    "403",
    "AccessDenied",
  ]);
  expect(link[9]).toBe("404");
  expect(link[21]).toBe("QueryString");
  expect(link[8]).toContain("X-Amz-Signature=REDACTED");
  expect(lines.join("\n")).not.toMatch(/Signature=[0-9a-f]/);
});

it("as JSON it tells requests of all services, and why they were refused", async () => {
  const lines = await logOf("json", async (server) => {
    await server.send({ method: "PUT", path: "/data" });
    await server.send({ path: "/data/a", credentials: keys.plain });
    await server.send({
      method: "POST",
      path: "/",
      service: "sts",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: "Action=GetCallerIdentity&Version=2011-06-15",
    });
    await server.send({
      method: "POST",
      path: "/",
      service: "cloudtrail",
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amz-target": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetTrailStatus",
      },
      body: '{"Name":"none-such"}',
    });
  });
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { type: "request", operation: "CreateBucket", status: 200, bytesOut: 0 },
    {
      operation: "GetObject",
      status: 403,
      errorCode: "AccessDenied",
      errorMessage: expect.stringContaining(
        "no identity-based policy allows the s3:GetObject action",
      ),
    },
    { operation: "sts:GetCallerIdentity", status: 200, bytesOut: expect.any(Number) },
    {
      operation: "cloudtrail:GetTrailStatus",
      status: 400,
      errorCode: "TrailNotFoundException",
      errorMessage: expect.stringContaining("none-such"),
    },
  ]);
});

it.each([
  ["GetObject", "GET", "REST.GET.OBJECT"],
  ["CopyObject", "PUT", "REST.COPY.OBJECT"],
  ["UploadPart", "PUT", "REST.PUT.PART"],
  ["DeleteObjects", "POST", "REST.POST.MULTI_OBJECT_DELETE"],
  ["ListObjectsV2", "GET", "REST.GET.BUCKET"],
  ["PutBucketPolicy", "PUT", "REST.PUT.BUCKETPOLICY"],
  ["GetBucketLifecycleConfiguration", "GET", "REST.GET.LIFECYCLE"],
  ["GetObjectTagging", "GET", "REST.GET.OBJECT_TAGGING"],
  ["ListBuckets", "GET", "REST.GET.SERVICE"],
  [undefined, "GET", undefined],
])("%s by %s is %s", (operation, method, name) => {
  expect(restOperation(operation, method)).toBe(name);
});

it("holds no secret of a link, however its name is written", async () => {
  const secrets = [
    "X-Amz-Signature",
    "x%2Damz-signature",
    "%58-Amz-Securit%79-Token",
    "Signatur%65",
  ];
  const query = secrets.map((name) => `${name}=s3cr3t`).join("&");
  const [line = ""] = await logOf("s3", async (server) => {
    await server.send({ path: "/data/a", query: `${query}&x-id=GetObject`, credentials: null });
  });
  expect(line).not.toContain("s3cr3t");
  for (const name of secrets) expect(line).toContain(`${name}=REDACTED`);
  expect(line).toContain("&x-id=GetObject ");
});
