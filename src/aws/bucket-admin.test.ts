import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { LifecycleConfiguration } from "../core/bucket-settings.ts";
import { StorageError } from "../core/errors.ts";
import { createAwsBucketAdmin, type AwsBucketAdminOptions } from "./bucket-admin.ts";

interface Asked {
  readonly line: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Answers from a script, one answer per request; the last one stays. */
async function scripted(...answers: readonly Answer[]) {
  const asked: Asked[] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  const server = createServer((request, response) => {
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const {
        status = 200,
        headers = {},
        body = "",
      } = answers[Math.min(asked.length, answers.length - 1)] ?? {};
      asked.push({
        line: `${request.method ?? ""} ${request.url ?? ""}`,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      });
      setTimeout(() => {
        underWay -= 1;
        response.writeHead(status, { "x-amz-request-id": "REQ1", ...headers });
        response.end(request.method === "HEAD" ? undefined : body);
      }, 2);
    });
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const waits: number[] = [];
  const admin = (options: Partial<AwsBucketAdminOptions> = {}) =>
    createAwsBucketAdmin({
      region: "us-east-1",
      endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      credentials: () => Promise.resolve({ accessKeyId: "AKIATEST", secretAccessKey: "secret" }),
      timing: {
        sleep: (ms) => {
          waits.push(ms);
          return Promise.resolve();
        },
        random: () => 1,
      },
      ...options,
    });
  return { asked, waits, admin, most: () => mostUnderWay };
}

const refusal = (status: number, code: string, message = "no", extra = ""): Answer => ({
  status,
  body: `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message>${extra}</Error>`,
});

const xml = (body: string): Answer => ({ body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` });

async function failure(promise: Promise<unknown>): Promise<StorageError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof StorageError) return error;
  throw new Error(`not a StorageError: ${String(error)}`);
}

describe("whether a bucket is there", () => {
  const west = { "x-amz-bucket-region": "us-west-2" };

  it.each([
    ["present", [{ headers: west }], { state: "present", region: "us-west-2" }],
    ["present on a store without regions", [{}], { state: "present", region: undefined }],
    ["absent", [{ status: 404 }, refusal(404, "NoSuchBucket")], { state: "absent" }],
    [
      "another's",
      [{ status: 403, headers: west }, refusal(403, "AccessDenied")],
      { state: "forbidden", region: "us-west-2" },
    ],
    [
      "ours, but HEAD alone is denied",
      [{ status: 403 }, xml("<LocationConstraint>EU</LocationConstraint>")],
      { state: "forbidden", region: "eu-west-1" },
    ],
    ["elsewhere", [{ status: 301, headers: west }], { state: "elsewhere", region: "us-west-2" }],
    [
      "elsewhere by a 400",
      [{ status: 400, headers: west }],
      { state: "elsewhere", region: "us-west-2" },
    ],
    [
      "elsewhere by the second answer",
      [
        { status: 400 },
        refusal(400, "AuthorizationHeaderMalformed", "wrong", "<Region>eu-west-1</Region>"),
      ],
      { state: "elsewhere", region: "eu-west-1" },
    ],
    [
      "made just now",
      [{ status: 404 }, xml("<LocationConstraint/>")],
      { state: "present", region: "us-east-1" },
    ],
  ])("%s", async (_, answers, expected) => {
    const { admin } = await scripted(...answers);
    expect(await admin().headBucket("sims")).toEqual(expected);
  });

  it.each([
    [403, "InvalidAccessKeyId", "Unauthenticated"],
    [403, "SignatureDoesNotMatch", "Unauthenticated"],
    [403, "RequestTimeTooSkewed", "ConfigurationError"],
    [400, "ExpiredToken", "Unauthenticated"],
  ])("a %i for bad keys (%s) is no foreign bucket but an error", async (status, s3Code, code) => {
    const { admin } = await scripted({ status }, refusal(status, s3Code));
    expect(await failure(admin().headBucket("sims"))).toMatchObject({ code, s3Code, status });
  });

  it("a 404 of another kind of server is not an absent bucket", async () => {
    const page = { status: 404, headers: { "content-type": "text/html" }, body: "<html>no</html>" };
    const { admin } = await scripted({ status: 404 }, page);
    expect((await failure(admin().headBucket("sims"))).code).toBe("NotSupported");
  });

  it("asks with the owner that the bucket must have", async () => {
    const { admin, asked } = await scripted({});
    await admin({ expectedBucketOwner: "123456789012" }).headBucket("sims");
    expect(asked[0]).toMatchObject({
      line: "HEAD /sims/",
      headers: { "x-amz-expected-bucket-owner": "123456789012" },
    });
  });
});

describe("making a bucket", () => {
  it("sends no LocationConstraint in us-east-1, and the region elsewhere", async () => {
    const { admin, asked } = await scripted({});
    await admin().createBucket({ bucket: "sims", region: "us-east-1" });
    await admin().createBucket({ bucket: "sims", region: "us-gov-west-1" });
    expect(asked[0]).toMatchObject({ line: "PUT /sims/", body: "" });
    expect(asked[1]?.body).toContain("<LocationConstraint>us-gov-west-1</LocationConstraint>");
    expect(asked[1]?.headers.authorization).toContain("/us-gov-west-1/s3/");
  });

  it("asks for the account's own namespace", async () => {
    const { admin, asked } = await scripted({});
    await admin().createBucket({
      bucket: "sims-123456789012-us-east-1-an",
      region: "us-east-1",
      namespace: "account-regional",
    });
    expect(asked[0]?.headers["x-amz-bucket-namespace"]).toBe("account-regional");
  });

  it.each([
    ["BucketAlreadyExists", "another account"],
    ["BucketAlreadyOwnedByYou", "yours already"],
  ])("%s is told apart", async (s3Code, remedy) => {
    const { admin } = await scripted(refusal(409, s3Code));
    const error = await failure(admin().createBucket({ bucket: "sims", region: "us-east-1" }));
    expect(error).toMatchObject({ code: "AlreadyExists", s3Code, operation: "CreateBucket" });
    expect(error.remedy).toContain(remedy);
  });
});

describe("settings that are not set", () => {
  it.each([
    ["getBucketPolicy", "NoSuchBucketPolicy"],
    ["getBucketPolicyStatus", "NoSuchBucketPolicy"],
    ["getBucketLifecycle", "NoSuchLifecycleConfiguration"],
    ["getBucketEncryption", "ServerSideEncryptionConfigurationNotFoundError"],
    ["getPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration"],
    ["getBucketOwnership", "OwnershipControlsNotFoundError"],
    ["getBucketTagging", "NoSuchTagSet"],
  ] as const)(
    "%s: %s is undefined; a missing bucket and a refusal are not",
    async (method, code) => {
      const { admin } = await scripted(
        refusal(404, code),
        refusal(404, "NoSuchBucket"),
        refusal(403, "AccessDenied"),
      );
      const client = admin();
      expect(await client[method]("sims")).toBeUndefined();
      expect((await failure(client[method]("sims"))).s3Code).toBe("NoSuchBucket");
      const denied = await failure(client[method]("sims"));
      expect(denied).toMatchObject({ code: "PermissionDenied", status: 403, requestId: "REQ1" });
      expect(denied.remedy).toMatch(/Grant s3:Get\w+/);
    },
  );

  it("reads what Ceph and moto name otherwise", async () => {
    const { admin } = await scripted(
      xml(
        "<BlockPublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls>" +
          "</BlockPublicAccessBlockConfiguration>",
      ),
      xml("<GetBucketVersioningResponse><Status>Enabled</Status></GetBucketVersioningResponse>"),
    );
    const client = admin();
    expect(await client.getPublicAccessBlock("sims")).toEqual({
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    });
    expect(await client.getBucketVersioning("sims")).toBe("Enabled");
  });

  it("versioning never set", async () => {
    const { admin } = await scripted(xml("<VersioningConfiguration/>"));
    expect(await admin().getBucketVersioning("sims")).toBeUndefined();
  });

  it.each([
    "getBucketLifecycle",
    "getBucketEncryption",
    "getBucketVersioning",
    "getPublicAccessBlock",
    "getBucketOwnership",
    "getBucketTagging",
    "getBucketPolicy",
    "getBucketPolicyStatus",
  ] as const)("%s: a store that answers with its listing does not know it", async (method) => {
    const { admin } = await scripted(xml("<ListBucketResult><Name>sims</Name></ListBucketResult>"));
    expect((await failure(admin()[method]("sims"))).code).toBe("NotSupported");
  });
});

describe("documents go through one to one", () => {
  const lifecycle: LifecycleConfiguration = {
    TransitionDefaultMinimumObjectSize: "varies_by_storage_class",
    Rules: [
      {
        ID: "all",
        Status: "Enabled",
        Filter: {
          And: {
            Prefix: "test/",
            Tags: [
              { Key: "a", Value: "1" },
              { Key: "b", Value: "" },
            ],
            ObjectSizeGreaterThan: 1,
            ObjectSizeLessThan: 2,
          },
        },
        Expiration: { Days: 7 },
        NoncurrentVersionExpiration: { NoncurrentDays: 1, NewerNoncurrentVersions: 3 },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
        Transitions: [{ Days: 30, StorageClass: "GLACIER" }],
        NoncurrentVersionTransitions: [
          { NoncurrentDays: 5, NewerNoncurrentVersions: 1, StorageClass: "STANDARD_IA" },
        ],
      },
      { ID: "legacy", Status: "Disabled", Prefix: "", Expiration: { Days: 1 } },
      {
        ID: "empty",
        Status: "Enabled",
        Filter: {},
        Expiration: { ExpiredObjectDeleteMarker: true },
      },
      {
        ID: "date",
        Status: "Enabled",
        Filter: { Prefix: "" },
        Expiration: { Date: "2027-01-01T00:00:00.000Z" },
      },
      {
        ID: "tag",
        Status: "Enabled",
        Filter: { Tag: { Key: "k", Value: "v" } },
        Expiration: { Days: 2 },
      },
      {
        ID: "size",
        Status: "Enabled",
        Filter: { ObjectSizeGreaterThan: 500 },
        Transitions: [{ Date: "2027-01-01T00:00:00.000Z", StorageClass: "GLACIER" }],
      },
    ],
  };

  it("lifecycle: what is put comes back the same, from the request's own text", async () => {
    const { admin, asked } = await scripted({});
    await admin().putBucketLifecycle("sims", lifecycle);
    const [put] = asked;
    const size = String(put?.headers["x-amz-transition-default-minimum-object-size"]);
    expect(put?.line).toMatch(/^PUT \/sims\/?\?lifecycle=?$/);
    const echo = await scripted({
      body: put?.body ?? "",
      headers: { "x-amz-transition-default-minimum-object-size": size },
    });
    expect(await echo.admin().getBucketLifecycle("sims")).toEqual(lifecycle);
  });

  it("encryption: likewise, blocked kinds included", async () => {
    const value = {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: {
            SSEAlgorithm: "aws:kms",
            KMSMasterKeyID: "arn:aws:kms:us-east-1:123456789012:key/x",
          },
          BucketKeyEnabled: true,
          BlockedEncryptionTypes: { EncryptionType: ["SSE-C"] },
        },
      ],
    } as const;
    const { admin, asked } = await scripted({});
    await admin().putBucketEncryption("sims", value);
    const echo = await scripted({ body: asked[0]?.body ?? "" });
    expect(await echo.admin().getBucketEncryption("sims")).toEqual(value);
  });

  it("policy text, access block, ownership, tags and versioning", async () => {
    const policy = '{ "Version": "2012-10-17",\n "Statement": [] }';
    const block = {
      BlockPublicAcls: true,
      IgnorePublicAcls: false,
      BlockPublicPolicy: true,
      RestrictPublicBuckets: false,
    };
    const { admin, asked } = await scripted({});
    const client = admin();
    await client.putBucketPolicy("sims", policy);
    await client.putPublicAccessBlock("sims", block);
    await client.putBucketOwnership("sims", "BucketOwnerEnforced");
    await client.putBucketTagging("sims", [{ Key: "a", Value: "" }]);
    await client.putBucketVersioning("sims", "Enabled");
    expect(asked[0]?.body).toBe(policy);
    const echo = await scripted(...asked.map(({ body }) => ({ body })));
    const reader = echo.admin();
    expect(await reader.getBucketPolicy("sims")).toBe(policy);
    expect(await reader.getPublicAccessBlock("sims")).toEqual(block);
    expect(await reader.getBucketOwnership("sims")).toBe("BucketOwnerEnforced");
    expect(await reader.getBucketTagging("sims")).toEqual([{ Key: "a", Value: "" }]);
    expect(await reader.getBucketVersioning("sims")).toBe("Enabled");
  });

  it("names a property that S3 does not know, before any request", async () => {
    const { admin, asked } = await scripted({});
    const guide = { Rules: [{ Id: "x", Status: "Enabled", Prefix: "test/" }] };
    const error = await failure(
      admin().putBucketLifecycle("sims", guide as unknown as LifecycleConfiguration),
    );
    expect(error.code).toBe("InvalidArgument");
    expect(error.message).toBe("S3 knows no Id in lifecycle.Rules[0].");
    expect(error.remedy).toBe("Write ID.");
    expect(asked).toEqual([]);
  });

  it("reads around elements that are newer than this version, and refuses to write them away", async () => {
    const { admin, asked } = await scripted(
      xml(
        "<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status><Filter/>" +
          "<DelMarkerExpiration><Days>1</Days></DelMarkerExpiration></Rule></LifecycleConfiguration>",
      ),
    );
    const client = admin();
    const read = await client.getBucketLifecycle("sims");
    expect(read?.Rules[0]).toMatchObject({ ID: "a", Filter: {} });
    const error = await failure(client.putBucketLifecycle("sims", { Rules: read?.Rules ?? [] }));
    expect(error.code).toBe("NotSupported");
    expect(error.message).toContain("DelMarkerExpiration");
    expect(asked).toHaveLength(1);
  });

  it("carries both digests on foreign stores, old ones asking for Content-MD5", async () => {
    const { admin, asked } = await scripted({});
    await admin().putBucketLifecycle("sims", { Rules: [] });
    const [put] = asked;
    const md5 = createHash("md5")
      .update(put?.body ?? "")
      .digest("base64");
    expect(put?.headers["content-md5"]).toBe(md5);
    expect(put?.headers["expect"]).toBeUndefined();
  });
});

describe("order and conflicts", () => {
  it("runs one call at a time on a bucket, and buckets side by side", async () => {
    const one = await scripted(xml("<VersioningConfiguration/>"));
    const client = one.admin();
    await Promise.all([1, 2, 3, 4].map(() => client.getBucketVersioning("sims")));
    expect(one.most()).toBe(1);
    const many = await scripted(xml("<VersioningConfiguration/>"));
    const other = many.admin();
    await Promise.all(["a1a", "b1b", "c1c"].map((name) => other.getBucketVersioning(name)));
    expect(many.most()).toBeGreaterThan(1);
  });

  it("waits out another change with growing pauses", async () => {
    const conflict = refusal(409, "OperationAborted");
    const { admin, asked, waits } = await scripted(conflict, conflict, conflict, {});
    await admin().putBucketVersioning("sims", "Enabled");
    expect(asked).toHaveLength(4);
    expect(waits).toEqual([250, 500, 1000]);
  });

  it("gives up in the end, and other 409s at once", async () => {
    const aborted = await scripted(refusal(409, "OperationAborted"));
    const error = await failure(aborted.admin().putBucketVersioning("sims", "Enabled"));
    expect(error).toMatchObject({ code: "Conflict", retryable: true });
    expect(aborted.asked).toHaveLength(8);
    const state = await scripted(refusal(409, "InvalidBucketState"));
    await failure(state.admin().putBucketVersioning("sims", "Suspended"));
    expect(state.asked).toHaveLength(1);
  });

  it("a failed call does not hold up the next", async () => {
    const { admin } = await scripted(refusal(403, "AccessDenied"), {});
    const client = admin();
    const first = failure(client.deleteBucketPolicy("sims"));
    const second = client.deleteBucketPolicy("sims");
    expect((await first).code).toBe("PermissionDenied");
    await second;
  });
});

describe("errors", () => {
  it.each([
    [301, "PermanentRedirect", "<Endpoint>x</Endpoint><Region>eu-west-1</Region>", "eu-west-1"],
    [400, "MalformedPolicy", "", "role needs its full path"],
    [400, "ExpiredToken", "", "aws sso login"],
    [405, "MethodNotAllowed", "", "another account"],
  ])("%i %s has a remedy", async (status, code, extra, remedy) => {
    const { admin } = await scripted(refusal(status, code, "Invalid principal in policy", extra));
    const error = await failure(admin().putBucketPolicy("sims", "{}"));
    expect(error.s3Code).toBe(code);
    expect(error.remedy).toContain(remedy);
  });

  it("a store that is not there, one without TLS, and one that speaks no S3", async () => {
    const gone = (await scripted()).admin({ endpointUrl: "http://127.0.0.1:1" });
    expect(await failure(gone.headBucket("sims"))).toMatchObject({
      code: "Unavailable",
      retryable: true,
    });
    const { admin } = await scripted({ body: "<html>hello</html>" });
    expect((await failure(admin().getBucketVersioning("sims"))).code).toBe("NotSupported");
  });

  it("no credentials, and their own errors, come through", async () => {
    const { admin, asked } = await scripted({});
    const none = admin({ credentials: () => Promise.resolve(undefined) });
    expect((await failure(none.headBucket("sims"))).code).toBe("Unauthenticated");
    const expired = new StorageError("Unauthenticated", "SSO has ended", { remedy: "login" });
    const broken = admin({ credentials: () => Promise.reject(expired) });
    expect(await failure(broken.headBucket("sims"))).toBe(expired);
    expect(asked).toEqual([]);
  });

  it("throws Closed after close", async () => {
    const client = (await scripted({})).admin();
    client.close();
    expect((await failure(client.headBucket("sims"))).code).toBe("Closed");
    expect((await failure(client.getCallerIdentity())).code).toBe("Closed");
  });
});

const iamError = (status: number, code: string): Answer => ({
  status,
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error></ErrorResponse>`,
});

describe("who is asking", () => {
  const identity = xml(
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
      "<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn><UserId>AIDA</UserId>" +
      "<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
  );

  it("comes from the store's own STS", async () => {
    const { admin, asked } = await scripted(identity);
    expect(await admin().getCallerIdentity()).toEqual({
      accountId: "123456789012",
      arn: "arn:aws:iam::123456789012:user/u",
      userId: "AIDA",
    });
    expect(asked[0]?.body).toContain("Action=GetCallerIdentity");
  });

  it.each([[refusal(405, "MethodNotAllowed")], [refusal(400, "InvalidArgument")], [xml("<x/>")]])(
    "a store without STS: %j",
    async (answer) => {
      const { admin } = await scripted(answer);
      expect((await failure(admin().getCallerIdentity())).code).toBe("NotSupported");
    },
  );

  it("bad keys are not a missing STS", async () => {
    const { admin } = await scripted({
      status: 403,
      body:
        "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>" +
        "<Message>no</Message></Error></ErrorResponse>",
    });
    expect(await failure(admin().getCallerIdentity())).toMatchObject({
      code: "Unauthenticated",
      s3Code: "InvalidClientTokenId",
    });
  });

  it("a role has its path and its id", async () => {
    const { admin } = await scripted(
      xml(
        '<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role>' +
          "<Path>/aws-reserved/</Path><RoleName>r</RoleName><RoleId>AROA1</RoleId>" +
          "<Arn>arn:aws:iam::123456789012:role/aws-reserved/r</Arn>" +
          "<CreateDate>2026-01-01T00:00:00Z</CreateDate></Role></GetRoleResult></GetRoleResponse>",
      ),
    );
    expect(await admin().getRole("r")).toEqual({
      arn: "arn:aws:iam::123456789012:role/aws-reserved/r",
      roleId: "AROA1",
    });
  });

  it("a missing role or a missing IAM is undefined; a refusal is an error", async () => {
    const { admin } = await scripted(
      iamError(404, "NoSuchEntity"),
      refusal(405, "MethodNotAllowed"),
      iamError(403, "AccessDenied"),
    );
    const client = admin();
    expect(await client.getRole("r")).toBeUndefined();
    expect(await client.getRole("r")).toBeUndefined();
    const denied = await failure(client.getRole("r"));
    expect(denied.code).toBe("PermissionDenied");
    expect(denied.remedy).toContain("iam:GetRole");
  });
});
