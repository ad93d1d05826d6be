import { expect, test } from "vitest";
import { diagnose } from "../../src/checks/doctor/diagnose.ts";
import { readErrorText } from "../../src/checks/doctor/read-error-text.ts";
import { pastedPlace } from "./pasted-place.ts";

// Errors as tools print them, and the cause that has to be named first.

const who = "arn:aws:sts::111122223333:assumed-role/Scientist/ada";
const object = "arn:aws:s3:::lab/a.txt";
const key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

const cli = (code: string, operation: string, text: string): string =>
  `An error occurred (${code}) when calling the ${operation} operation: ${text}`;

const denied = (action: string, on: string, why: string, operation = "PutObject"): string =>
  cli(
    "AccessDenied",
    operation,
    `User: ${who} is not authorized to perform: ${action} on resource: "${on}" ${why}`,
  );

const absent =
  "because the resource does not exist in this Region, no resource-based policies allow access, or a " +
  "resource-based policy explicitly denies access";

const samples: readonly (readonly [string, string])[] = [
  [
    "D01",
    denied(
      "kms:GenerateDataKey",
      key,
      "because no identity-based policy allows the kms:GenerateDataKey action",
    ),
  ],
  [
    "D02",
    denied(
      "kms:Decrypt",
      key,
      "because no identity-based policy allows the kms:Decrypt action",
      "GetObject",
    ),
  ],
  [
    "D03",
    denied(
      "kms:Decrypt",
      key,
      "because no identity-based policy allows the kms:Decrypt action",
      "UploadPart",
    ),
  ],
  ["D04", denied("kms:GenerateDataKey", key.replace("111122223333", "444455556666"), absent)],
  [
    "D05",
    denied(
      "kms:GenerateDataKey",
      key,
      "because no resource-based policy allows the kms:GenerateDataKey action",
    ),
  ],
  ["D06", cli("KMS.NotFoundException", "PutObject", `Key '${key}' does not exist`)],
  ["D07", cli("KMS.DisabledException", "GetObject", `${key} is disabled.`)],
  ["D07", cli("KMSInvalidStateException", "Encrypt", `${key} is disabled.`)],
  ["D08", cli("KMS.KMSInvalidStateException", "GetObject", `${key} is pending deletion.`)],
  ["D08", cli("KMSInvalidStateException", "Decrypt", `${key} is pending replica deletion.`)],
  ["D73", cli("KMS.KMSInvalidStateException", "GetObject", `${key} is pending import.`)],
  ["D74", cli("KMS.KMSInvalidStateException", "GetObject", `${key} is unavailable.`)],
  ["D75", cli("KMS.KMSInvalidStateException", "GetObject", `${key} is updating.`)],
  [
    "D09",
    denied(
      "s3:PutObject",
      object,
      "because no identity-based policy allows the s3:PutObject action",
    ),
  ],
  [
    "D10",
    denied(
      "s3:PutObject",
      object,
      "because no resource-based policy allows the s3:PutObject action",
    ),
  ],
  ["D11", denied("s3:PutObject", object, "with an explicit deny in an identity-based policy")],
  ["D12", denied("s3:PutObject", object, "with an explicit deny in a resource-based policy")],
  [
    "D13",
    denied(
      "s3:PutObject",
      object,
      "because no service control policy allows the s3:PutObject action",
    ),
  ],
  ["D13", denied("s3:PutObject", object, "with an explicit deny in a service control policy")],
  ["D14", denied("s3:PutObject", object, "with an explicit deny in a resource control policy")],
  [
    "D15",
    denied(
      "s3:PutObject",
      object,
      "because no permissions boundary allows the s3:PutObject action",
    ),
  ],
  [
    "D16",
    denied("s3:PutObject", object, "because no session policy allows the s3:PutObject action"),
  ],
  [
    "D17",
    cli(
      "AccessDenied",
      "PutObject",
      `User: ${who} is not authorized to perform: s3:PutObject on resource: "${object}" because this bucket has blocked upload requests that specify Server Side Encryption with Customer provided keys (SSE-C).`,
    ),
  ],
  [
    "D18",
    cli(
      "AccessDenied",
      "PutBucketPolicy",
      `User: ${who} is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::lab" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    ),
  ],
  ["D19", cli("AccessControlListNotSupported", "PutObject", "The bucket does not allow ACLs")],
  [
    "D20",
    denied("s3:PutObject", object, "because no VPC endpoint policy allows the s3:PutObject action"),
  ],
  ["D21", cli("AccessDenied", "GetObject", "Access Denied")],
  ["D22", cli("AccessDenied", "ListObjectsV2", "Access Denied")],
  [
    "D24",
    cli("AccessDenied", "DeleteObject", "Access Denied because object protected by object lock."),
  ],
  ["D25", cli("NoSuchBucket", "ListObjectsV2", "The specified bucket does not exist")],
  ["D26", cli("404", "HeadObject", "Not Found")],
  [
    "D27",
    cli("BucketAlreadyExists", "CreateBucket", "The requested bucket name is not available."),
  ],
  [
    "D28",
    cli(
      "BucketAlreadyOwnedByYou",
      "CreateBucket",
      "Your previous request to create the named bucket succeeded and you already own it.",
    ),
  ],
  [
    "D29",
    cli(
      "OperationAborted",
      "PutBucketPolicy",
      "A conflicting conditional operation is currently in progress against this resource. Please try again.",
    ),
  ],
  [
    "D30",
    cli("TooManyBuckets", "CreateBucket", "You have attempted to create more buckets than allowed"),
  ],
  ["D31", cli("InvalidBucketName", "CreateBucket", "The specified bucket is not valid.")],
  [
    "D32",
    cli(
      "InvalidLocationConstraint",
      "CreateBucket",
      "The specified location-constraint is not valid",
    ),
  ],
  [
    "D33",
    cli(
      "IllegalLocationConstraintException",
      "CreateBucket",
      "The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.",
    ),
  ],
  [
    "D34",
    "<Error><Code>PermanentRedirect</Code><Message>The bucket you are attempting to access must be addressed using the specified endpoint.</Message><Region>eu-west-1</Region></Error>",
  ],
  [
    "D35",
    cli(
      "AuthorizationHeaderMalformed",
      "ListObjectsV2",
      "The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
    ),
  ],
  [
    "D36",
    cli(
      "TemporaryRedirect",
      "PutObject",
      "Please re-send this request to the specified temporary endpoint.",
    ),
  ],
  [
    "D37",
    cli("InvalidToken", "ListObjectsV2", "The provided token is malformed or otherwise invalid."),
  ],
  ["D38", cli("ExpiredToken", "ListObjectsV2", "The provided token has expired.")],
  [
    "D39",
    cli(
      "InvalidAccessKeyId",
      "ListObjectsV2",
      "The AWS Access Key Id you provided does not exist in our records.",
    ),
  ],
  [
    "D40",
    cli(
      "SignatureDoesNotMatch",
      "ListObjectsV2",
      "The request signature we calculated does not match the signature you provided.",
    ),
  ],
  [
    "D41",
    cli(
      "RequestTimeTooSkewed",
      "ListObjectsV2",
      "The difference between the request time and the current time is too large.",
    ),
  ],
  ["D42", "CredentialsProviderError: Could not load credentials from any providers"],
  [
    "D42",
    'Unable to locate credentials. You can configure credentials by running "aws configure".',
  ],
  [
    "D43",
    "Error: Token is expired. To refresh this SSO session run 'aws sso login' with the corresponding profile.",
  ],
  [
    "D43",
    "The SSO session associated with this profile has expired or is otherwise invalid. To refresh this SSO session run aws sso login with the corresponding profile.",
  ],
  ["D44", "UnauthorizedException: Session token not found or invalid"],
  ["D45", cli("ForbiddenException", "GetRoleCredentials", "No access")],
  ["D46", "The config profile (lab) could not be found"],
  [
    "D46",
    "CredentialsProviderError: Could not resolve credentials using profile: [lab] in configuration/credentials file(s).",
  ],
  ["D47", "Error: Region is missing"],
  [
    "D48",
    cli(
      "InvalidClientTokenId",
      "GetCallerIdentity",
      "The security token included in the request is invalid.",
    ),
  ],
  [
    "D48",
    cli(
      "ExpiredTokenException",
      "GetCallerIdentity",
      "The security token included in the request is expired",
    ),
  ],
  ["D49", "Error: self-signed certificate in certificate chain SELF_SIGNED_CERT_IN_CHAIN"],
  ["D50", "ERR_TLS_CERT_ALTNAME_INVALID: Hostname/IP does not match certificate's altnames"],
  ["D51", "Error: connect ECONNREFUSED 10.0.0.1:443"],
  ["D52", "Error: getaddrinfo ENOTFOUND s3.us-esat-1.amazonaws.com"],
  ["D53", cli("SlowDown", "PutObject", "Please reduce your request rate.")],
  ["D53", cli("InternalError", "PutObject", "We encountered an internal error. Please try again.")],
  ["D54", cli("MalformedPolicy", "PutBucketPolicy", "Invalid principal in policy")],
  [
    "D55",
    cli(
      "MalformedPolicy",
      "PutBucketPolicy",
      "Policies must be valid JSON and the first byte must be '{'",
    ),
  ],
  [
    "D56",
    cli(
      "MalformedXML",
      "PutBucketLifecycleConfiguration",
      "The XML you provided was not well-formed or did not validate against our published schema",
    ),
  ],
  [
    "D57",
    cli(
      "MethodNotAllowed",
      "GetBucketPolicy",
      "The specified method is not allowed against this resource.",
    ),
  ],
  [
    "D58",
    cli(
      "InvalidBucketState",
      "PutBucketVersioning",
      "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.",
    ),
  ],
  [
    "D60",
    cli(
      "BadDigest",
      "PutObject",
      "The CRC64NVME you specified did not match the calculated checksum: x-amz-checksum-crc64nvme",
    ),
  ],
  [
    "D61",
    denied(
      "s3:PutBucketPolicy",
      "arn:aws:s3:::lab",
      "with an explicit deny in a resource-based policy",
      "PutBucketPolicy",
    ),
  ],
  ["D62", cli("NotSignedUp", "ListBuckets", "Your account is not signed up for the S3 service.")],
];

test.each(samples)("%s stands behind %s", (id, text) => {
  const finding = diagnose(readErrorText(text), pastedPlace, "objects");
  expect(finding.id).toBe(id);
  expect(finding.remedy?.text.length).toBeGreaterThan(10);
  expect(JSON.stringify(finding)).not.toMatch(/\{[a-zA-Z]+\}/);
});

test("fills in whose role, which key and which action", () => {
  const [, text = ""] = samples[0] ?? [];
  const { remedy } = diagnose(readErrorText(text), pastedPlace, "objects");
  expect(remedy?.statements).toEqual([
    { Effect: "Allow", Action: ["kms:GenerateDataKey", "kms:Decrypt"], Resource: key },
  ]);
  expect(remedy?.text).toContain("Scientist");
});

test("takes nothing that an answer says for words of the shell", () => {
  const text = "<Error><Code>PermanentRedirect</Code><Region>x;reboot</Region></Error>";
  const { remedy } = diagnose(readErrorText(text), pastedPlace, "bucket");
  expect(remedy?.commands?.join("\n")).not.toContain("reboot");
});

test("says that it does not know what it does not know", () => {
  const finding = diagnose(readErrorText("The moon is too bright."), pastedPlace, "objects");
  expect(finding).toMatchObject({ id: "D00", confidence: "unknown" });
});
