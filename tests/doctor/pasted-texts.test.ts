import { describe, expect, test } from "vitest";
import { causeRows } from "../../src/checks/doctor/cause-list.ts";
import { diagnose } from "../../src/checks/doctor/diagnose.ts";
import { readErrorText } from "../../src/checks/doctor/read-error-text.ts";
import { pastedPlace } from "./pasted-place.ts";

// What newcomers paste: a code alone, or what some tool made of it.

const found = (text: string) => diagnose(readErrorText(text), pastedPlace, "objects");

const codes = [...new Set(causeRows.flatMap(({ signs }) => signs.flatMap((s) => s.codes ?? [])))];

const rowsOf = (code: string): string[] =>
  causeRows
    .filter(({ signs }) => signs.some((sign) => sign.codes?.includes(code) === true))
    .map(({ id }) => id);

describe("a code of the catalogue is never unknown", () => {
  const forms: readonly (readonly [string, (code: string) => string])[] = [
    ["alone", (code) => code],
    ["in brackets", (code) => ` (${code})\n`],
    ["behind Error:", (code) => `Error: ${code}`],
    [
      "in the words of the AWS CLI",
      (code) => `An error occurred (${code}) when calling the X operation: `,
    ],
    ["in XML", (code) => `<?xml version="1.0"?><Error><Code>${code}</Code></Error>`],
    [
      "in what JavaScript shows",
      (code) => `{ name: '${code}', '$fault': 'client', Code: '${code}' }`,
    ],
  ];
  test.each(forms)("%s", (_, form) => {
    const wrong = codes.filter((code) => !rowsOf(code).includes(found(form(code)).id));
    // Told from others by more than the code.
    expect(wrong.filter((code) => !needMore.has(code))).toEqual([]);
    for (const code of wrong) expect([code, found(form(code)).id]).toEqual([code, "D00"]);
  });
});

/** Codes of several services, or that mean a cause together with other signs only. */
const needMore = new Set(["NotFoundException", "WrongPartition", "WrongAccount"]);

test.each([
  ["D25", "nosuchbucket"],
  ["D25", "No Such Bucket"],
  ["D25", "NO_SUCH_BUCKET"],
  ["D22", "AccessDenied"],
  ["D22", "access denied"],
  ["D22", "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"],
  [
    "D25",
    'Traceback (most recent call last):\n  File "a.py", line 3\nbotocore.errorfactory.NoSuchBucket: An error occurred (NoSuchBucket) when calling the ListObjectsV2 operation: The specified bucket does not exist',
  ],
  [
    "D26",
    'fatal error: An error occurred (404) when calling the HeadObject operation: Key "a" does not exist',
  ],
  ["D21", "fatal error: An error occurred (403) when calling the HeadObject operation: Forbidden"],
  ["D34", "An error occurred (301) when calling the HeadBucket operation: Moved Permanently"],
  ["D38", "An error occurred (400) when calling the HeadObject operation: Bad Request"],
  [
    "D25",
    "NoSuchBucket: The specified bucket does not exist\n    at throwDefaultError (/a/index.js:388:20) {\n  '$fault': 'client',\n  '$metadata': { httpStatusCode: 404 },\n  Code: 'NoSuchBucket',\n  BucketName: 'lab'\n}",
  ],
  [
    "D26",
    "NotFound: UnknownError\n    at de_NotFoundRes {\n  '$metadata': {\n    httpStatusCode: 404,",
  ],
  [
    "D22",
    "403: UnknownError\n    at throwDefaultError {\n  '$metadata': {\n    httpStatusCode: 403,",
  ],
  [
    "D34",
    "PermanentRedirect: The bucket you are attempting to access must be addressed using the specified endpoint.",
  ],
  [
    "D25",
    'ERROR "ls s3://lab": NoSuchBucket: The specified bucket does not exist status code: 404, request id: Q, host id: h',
  ],
  [
    "D22",
    'ERROR "cp a s3://lab/a": AccessDenied: Access Denied status code: 403, request id: Q, host id: h',
  ],
  ["D42", 'ERROR "ls": NoCredentialProviders: no valid providers in chain. Deprecated.'],
  ["D47", 'ERROR "ls": MissingRegion: could not find region configuration'],
  [
    "D22",
    "ERROR : a.txt: Failed to copy: operation error S3: PutObject, https response error StatusCode: 403, RequestID: Q, HostID: h, api error AccessDenied: Access Denied",
  ],
  [
    "D22",
    "NOTICE: Failed to ls: operation error S3: HeadBucket, https response error StatusCode: 403, RequestID: Q, HostID: , api error Forbidden: Forbidden",
  ],
  [
    "D25",
    "Failed to lsf: error in ListJSON: operation error S3: ListObjectsV2, https response error StatusCode: 404, RequestID: Q, HostID: h, NoSuchBucket: ",
  ],
  [
    "D35",
    "operation error S3: ListObjectsV2, https response error StatusCode: 400, RequestID: Q, HostID: , api error AuthorizationHeaderMalformed: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
  ],
  [
    "D43",
    "operation error S3: ListBuckets, get identity: get credentials: failed to refresh cached credentials, refresh cached SSO token failed, unable to refresh SSO token",
  ],
  [
    "D21",
    "OSError: When getting information for key 'a' in bucket 'lab': AWS Error ACCESS_DENIED during HeadObject operation: No response body.",
  ],
  [
    "D25",
    "FileNotFoundError: When listing objects: AWS Error NO_SUCH_BUCKET during ListObjectsV2 operation: The specified bucket does not exist",
  ],
  [
    "D52",
    "OSError: AWS Error NETWORK_CONNECTION during HeadObject operation: curlCode: 6, Couldn't resolve host name",
  ],
  [
    "D51",
    "OSError: AWS Error NETWORK_CONNECTION during HeadObject operation: curlCode: 7, Couldn't connect to server",
  ],
  [
    "D49",
    "OSError: AWS Error NETWORK_CONNECTION during HeadObject operation: curlCode: 60, SSL peer certificate or SSH remote key was not OK",
  ],
  [
    "D34",
    "OSError: AWS Error UNKNOWN (HTTP status 301) during HeadObject operation: No response body.",
  ],
  [
    "D39",
    "OSError: AWS Error INVALID_ACCESS_KEY_ID during PutObject operation: The AWS Access Key Id",
  ],
  ["D22", "PermissionError: Access Denied"],
  ["D22", "PermissionError: [Errno 13] Forbidden 403"],
  ["D25", "FileNotFoundError: The specified bucket does not exist"],
  ["D38", "PermissionError: The provided token has expired."],
  [
    "D40",
    "PermissionError: The request signature we calculated does not match the signature you provided.",
  ],
  ["D53", "OSError: [Errno 16] Please reduce your request rate."],
  ["D25", "ERROR: S3 error: 404 (NoSuchBucket): The specified bucket does not exist"],
  ["D25", "mc: <ERROR> Unable to list folder. The specified bucket does not exist."],
  [
    "D25",
    "com.amazonaws.services.s3.model.AmazonS3Exception: Not there (Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket; Request ID: Q; S3 Extended Request ID: h)",
  ],
  [
    "D48",
    '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>no</Message></Error></ErrorResponse>',
  ],
  ["D44", '{"__type":"com.amazonaws.switchboard.portal#UnauthorizedException","message":"x"}'],
  [
    "D51",
    'botocore.exceptions.EndpointConnectionError: Could not connect to the endpoint URL: "https://h/"',
  ],
  ["D51", "requests: [Errno 111] Connection refused"],
  ["D52", "socket.gaierror: [Errno -2] Name or service not known"],
  ["D52", "dial tcp: lookup store.invalid on 1.1.1.1:53: no such host"],
  [
    "D49",
    "botocore.exceptions.SSLError: SSL validation failed for https://h/ [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1006)",
  ],
  ["D49", "tls: failed to verify certificate: x509: certificate signed by unknown authority"],
  ["D50", "x509: certificate is valid for *.s3.amazonaws.com, not a.b.s3.amazonaws.com"],
  [
    "D50",
    "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: Hostname mismatch, certificate is not valid for 'h'.",
  ],
  ["D64", "x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z"],
  ["D63", "http: server gave HTTP response to HTTPS client"],
  [
    "D51",
    'botocore.exceptions.ProxyConnectionError: Failed to connect to proxy URL: "http://p:3128"',
  ],
  [
    "D66",
    "botocore.exceptions.PartialCredentialsError: Partial credentials found in env, missing: aws_secret_access_key",
  ],
  ["D46", "botocore.exceptions.ProfileNotFound: The config profile (lab) could not be found"],
  ["D43", "Error loading SSO Token: Token for https://lab.awsapps.com/start does not exist"],
  ["D43", "Error when retrieving token from sso: Token has expired and refresh failed"],
  [
    "D47",
    'You must specify a region. You can also configure your region by running "aws configure".',
  ],
  [
    "D31",
    'Parameter validation failed:\nInvalid bucket name "Lab_Data": Bucket name must match the regex',
  ],
  [
    "D06",
    "An error occurred (NotFoundException) when calling the DescribeKey operation: Key 'arn:aws:kms:us-east-1:111122223333:key/x' does not exist",
  ],
  [
    "D10",
    "An error occurred (AccessDeniedByBucketPolicy) when calling the PutObject operation: no",
  ],
])("%s stands behind %s", (id, text) => {
  expect(found(text).id).toBe(id);
});

const talk = (words: string) =>
  `Since yesterday the nightly job of the sequencer ends early; the log speaks of ${words} somewhere, and of nothing else.`;

test("a word of a long text proves less than an error, and one of several less still", () => {
  const one = found(talk("NoSuchBucket"));
  expect([one.id, one.confidence, one.evidence]).toEqual([
    "D25",
    "likely",
    ["the word NoSuchBucket within a longer text"],
  ]);
  const several = found(talk("SlowDown, NoSuchBucket and SlowDown"));
  expect([several.id, several.confidence, several.evidence]).toEqual([
    "D53",
    "possible",
    ["within a longer text the words SlowDown, NoSuchBucket: the error itself says which"],
  ]);
  const error = found(`${talk("SlowDown")}\nNoSuchBucket: The specified bucket does not exist`);
  expect([error.id, error.confidence]).toEqual(["D25", "certain"]);
  expect(found("it was NoSuchBucket").confidence).toBe("certain");
});

test("a code of S3 that no cause has gets the advice that there is for it", () => {
  const { id, remedy } = found(
    "An error occurred (NoSuchUpload) when calling the UploadPart operation: x",
  );
  expect(id).toBe("D00");
  expect(remedy?.text).toMatch(/Start it again/);
});

test("a Deny of which it is not told where is the bucket's most likely, and no layer's for certain", () => {
  const { id, confidence, alsoPossible } = found(
    "An error occurred (AccessDenied) when calling the PutObject operation: User: arn:aws:iam::111122223333:user/ada " +
      'is not authorized to perform: s3:PutObject on resource: "arn:aws:s3:::lab/a" with an explicit deny',
  );
  expect([id, confidence]).toEqual(["D12", "likely"]);
  expect(alsoPossible).toEqual([]);
});

test("a name is one word of a command, whatever it holds", () => {
  const odd = { ...pastedPlace, bucket: "lab;reboot" };
  const { remedy } = diagnose(readErrorText("NoSuchBucket"), odd, "objects");
  expect(remedy?.commands).toContain("sms-storage setup --bucket 'lab;reboot'");
});

test("a session is named by its role in a policy, since sessions end", () => {
  const { id, remedy } = found(
    "An error occurred (AccessDenied) when calling the GetObject operation: User: " +
      "arn:aws:sts::111122223333:assumed-role/Scientist/ada is not authorized to perform: s3:GetObject on resource: " +
      '"arn:aws:s3:::lab/a" because no resource-based policy allows the s3:GetObject action',
  );
  expect(id).toBe("D10");
  // Whether the role has a path is not told.
  const Principal = { AWS: "arn:aws:iam::111122223333:root" };
  const roles = ["role/Scientist", "role/*/Scientist"].map(
    (name) => `arn:aws:iam::111122223333:${name}`,
  );
  const Condition = { ArnLike: { "aws:PrincipalArn": roles } };
  expect(remedy?.statements).toEqual([expect.objectContaining({ Principal, Condition })]);
});

test("a refused write is no listing that is refused", () => {
  const write = found(
    "An error occurred (AccessDenied) when calling the PutObject operation: Access Denied",
  );
  expect(write.alsoPossible.map(({ id }) => id)).not.toContain("D21");
});

test.each([
  ["user/ada", ["aws iam put-user-policy --user-name ada"]],
  ["user/lab/ada", ["aws iam put-user-policy --user-name ada"]],
  ["assumed-role/Scientist/ada", ["aws iam put-role-policy --role-name Scientist"]],
  // What SSO makes is changed by its permission set.
  ["assumed-role/AWSReservedSSO_Scientist_0123456789abcdef/ada", []],
])("commands are those for %s", (who, commands) => {
  const service = who.startsWith("user/") ? "iam" : "sts";
  const text =
    "An error occurred (AccessDenied) when calling the UploadPart operation: User: " +
    `arn:aws:${service}::111122223333:${who} is not authorized to perform: kms:Decrypt on resource: ` +
    '"arn:aws:kms:us-east-1:111122223333:key/k" because no identity-based policy allows the kms:Decrypt action';
  const { id, remedy } = found(text);
  expect(id).toBe("D03");
  const beginnings = remedy?.commands?.map((line) => line.replace(/ --policy-name.*/, ""));
  expect(beginnings).toEqual(commands);
});

test("texts of any length are read in one pass", () => {
  for (const piece of [
    "An error occurred (",
    "operation error S3: X, https response error StatusCode: 403,",
    "AWS Error ",
    "<Code>",
    "A",
    "a 'x' ",
    "?X-Amz-Expires=",
    "<Expires>",
  ]) {
    expect(found(piece.repeat(20_000)).confidence).toBeDefined();
  }
});
