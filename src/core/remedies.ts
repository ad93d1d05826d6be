import { bucketNameProblem } from "./bucket-name.ts";
import { isRegionName } from "./partition.ts";

/** What is known of a refused request, for its remedy. */
export interface Refusal {
  /** S3's, STS's or IAM's name of the operation. */
  readonly operation: string;
  /** The IAM action that the operation asks for. */
  readonly action: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly status: number;
  /** Undefined for HEAD, whose answers have no body. */
  readonly s3Code: string | undefined;
  readonly message: string;
  /** Where the bucket is, when the answer says so. */
  readonly region: string | undefined;
}

const signInAgain =
  "The temporary credentials have ended. Sign in again (sms-storage login, or aws sso login), or renew keys and token.";
const unknownKey =
  "The store does not know this access key. Check that it belongs to this endpoint: keys of one " +
  "partition (GovCloud, China) do not work in another. Temporary keys need their session token too.";
const wrongRegion = "The region is not the bucket's. Set STORAGE_S3_REGION to the bucket's region.";
const unknownRegion =
  "The store knows no such region. Set STORAGE_S3_REGION to one of its regions.";
const fewerRequests = "The store asks for fewer requests. Lower the concurrency and try again.";
const otherKmsKey = "To write, name another key or use SSE-S3 (AES256).";

const byCode: Readonly<Record<string, string>> = {
  AccessDeniedByBucketPolicy:
    "Qumulo's bucket policy allows this to none of the caller's identities. Add an Allow statement for it.",
  AccountProblem: "The account is barred from this. Ask the store's support.",
  AllAccessDisabled: "The store has closed this object or bucket to everybody. Ask its support.",
  BadDigest: "The bytes changed on the way or the checksum given is wrong. Send them again.",
  BucketAlreadyExists:
    "The name belongs to another account; bucket names are shared by all. Choose another one.",
  BucketAlreadyOwnedByYou: "The bucket is yours already: nothing is to be made.",
  EntityTooLarge:
    "One request takes at most 5 GiB, in some stores less. Send larger objects in parts.",
  ExpiredToken: signInAgain,
  ExpiredTokenException: signInAgain,
  IllegalLocationConstraintException: wrongRegion,
  InvalidAccessKeyId: unknownKey,
  InvalidBucketName: "Use 3 to 63 lower-case letters, digits and hyphens.",
  InvalidBucketOwnerAWSAccountID: "The expected owner must be an account id of twelve digits.",
  InvalidBucketState: "Object Lock is on, so versioning cannot be suspended.",
  InvalidClientTokenId: unknownKey,
  InvalidLocationConstraint: unknownRegion,
  InvalidObjectState:
    "The object is archived. Restore it first (aws s3api restore-object), then read it.",
  InvalidToken:
    "The session token does not belong to these keys or to this partition, or the region is not " +
    "enabled. Take all three values from one sign-in.",
  KeyTooLongError: "Shorten the key to 1,024 bytes of UTF-8.",
  "KMS.DisabledException":
    "Have the KMS key enabled (aws kms enable-key): nothing under it can be read until then. " +
    otherKmsKey,
  "KMS.InvalidKeyUsageException":
    "The KMS key is not one that S3 encrypts with: it takes a symmetric key made to encrypt. " +
    otherKmsKey,
  "KMS.KMSInvalidStateException":
    "See the key's state (aws kms describe-key): one that waits for its deletion can be had back " +
    "with aws kms cancel-key-deletion. " +
    otherKmsKey,
  "KMS.NotFoundException":
    "The KMS key is gone, in another region, or misspelled; one of another account goes by its full " +
    `ARN. ${otherKmsKey}`,
  MalformedXML:
    "The store does not take a document of this form; it may not know all of it. Report it with the " +
    "name of the store.",
  NoSuchUpload: "The multipart upload was completed, aborted or has expired. Start it again.",
  NotSignedUp: "The account is not open for S3. Ask AWS support.",
  OperationAborted:
    "Another change to the bucket is under way, or a bucket of this name was just deleted. Try again " +
    "in a while.",
  QumuloDirectoryEntryLimitReached: "The directory is full. Spread the keys over more directories.",
  RequestTimeTooSkewed:
    "This machine's clock differs from the store's by more than 15 minutes. Set it (timedatectl " +
    "set-ntp true).",
  SignatureDoesNotMatch:
    "The secret access key does not fit the access key id, or a proxy changes requests. Copy the " +
    "secret again, without spaces and quotes.",
  SlowDown: fewerRequests,
  Throttling: fewerRequests,
  ThrottlingException: fewerRequests,
  TokenRefreshRequired: signInAgain,
  TooManyBuckets: "The account has as many buckets as it may. Ask AWS for a higher quota.",
};

/** One or two sentences on what cures a refusal; undefined when there is no honest advice. */
export function refusalRemedy(refusal: Refusal): string | undefined {
  return redirectRemedy(refusal) ?? codeRemedy(refusal) ?? statusRemedy(refusal);
}

function codeRemedy({ s3Code, bucket = "NAME", message }: Refusal): string | undefined {
  if (s3Code === "NoSuchBucket") return noBucketRemedy(bucket);
  if (s3Code === "MalformedPolicy") return malformedPolicyRemedy(message);
  // STS and IAM say so with a code of their own for it, or with that of a wrong secret.
  if (/scoped to a valid region/.test(message)) return unknownRegion;
  return s3Code === undefined ? undefined : byCode[s3Code];
}

function noBucketRemedy(bucket: string): string {
  const problem = bucketNameProblem(bucket, "aws");
  return problem === undefined
    ? `Check the name ${bucket} and the endpoint, or make the bucket: sms-storage setup --bucket ${bucket}`
    : `Check the name ${bucket}: it ${problem}.`;
}

/** Whether a refusal means that the object can be read with a key of its own alone (SSE-C). */
export function asksForOwnKey(message: string): boolean {
  return /stored using a form of Server Side Encryption/i.test(message);
}

function statusRemedy(refusal: Refusal): string | undefined {
  const { status, s3Code, operation, message } = refusal;
  if (status === 400 && asksForOwnKey(message)) {
    return (
      "The object is encrypted with a key that its writer keeps (SSE-C). Read it with a client that " +
      "sends that key: aws s3 cp --sse-c AES256 --sse-c-key fileb://KEYFILE"
    );
  }
  if (status === 400 && /version ?id/i.test(message)) {
    return "Copy the id whole from the list of versions: sms-storage versions OBJECT";
  }
  if (status === 400 && /HTTP request .*HTTPS|plain HTTP/i.test(message)) return speaksTls;
  if (status === 405 && operation.endsWith("BucketPolicy")) {
    return "The bucket belongs to another account, and policies are its owner's alone.";
  }
  if (status === 501) return lacksRemedy(operation, message);
  const isDenial = s3Code === undefined ? status === 403 : deniedCodes.has(s3Code);
  return isDenial ? deniedRemedy(refusal) : undefined;
}

/** Of what a store other than AWS does not have; undefined when nothing else can be done. */
function lacksRemedy(operation: string, message: string): string | undefined {
  if (operation === "ListObjectVersions") {
    return (
      "The store lists no versions, by which versions, restore, --versions and --as-of go. Without " +
      "them, sms-storage ls, cat and rm work with the objects of now."
    );
  }
  const header = /\bx-amz-[\w-]+/i.exec(message)?.[0];
  return header === undefined
    ? undefined
    : `Leave out what sends ${header}: the store has no use for it.`;
}

/** Other codes of 403 have other causes than a want of rights. */
const deniedCodes: ReadonlySet<string> = new Set(["AccessDenied", "AccessDeniedException"]);

function redirectRemedy({ status, s3Code, region }: Refusal): string | undefined {
  const isRedirect = status >= 300 && status < 400 && status !== 304;
  const isRegion =
    isRedirect ||
    s3Code === "AuthorizationHeaderMalformed" ||
    s3Code === "IllegalLocationConstraintException" ||
    (status === 400 && s3Code === undefined);
  if (region !== undefined && isRegion && isRegionName(region)) {
    return `The bucket is in region ${region}. Set STORAGE_S3_REGION=${region}.`;
  }
  return isRedirect
    ? "The endpoint sends requests elsewhere. Check the endpoint and the region."
    : undefined;
}

function malformedPolicyRemedy(message: string): string {
  if (/principal/i.test(message)) {
    return (
      "A principal does not exist: a role needs its full path, and one made a moment ago may need " +
      "some seconds. AROA... in place of an ARN is what is left of a deleted role."
    );
  }
  return (
    "The policy is no valid document: check its JSON, and that bucket actions name the bucket and " +
    "object actions name bucket/*."
  );
}

/**
 * Which kind of policy refused, by the words of AWS's message. Source: IAM User Guide, "Access
 * denied messages".
 */
const layers: readonly [pattern: RegExp, layer: string][] = [
  [/identity-based polic/, "a policy of the caller's own user or role"],
  [/session polic/, "the policy of the caller's session"],
  [/permissions boundar/, "the caller's permissions boundary"],
  [
    /(?:service|resource) control polic/,
    "a policy of the organization (its administrators' affair)",
  ],
  [/VPC endpoint polic/i, "the policy of the VPC endpoint"],
];

function deniedRemedy(refusal: Refusal): string {
  const { message } = refusal;
  const action = /not\s+authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1] ?? refusal.action;
  const blocked = /\bBlockPublic(?:Policy|Acls)\b/.exec(message)?.[0];
  if (blocked !== undefined) return blockedRemedy(blocked);
  const kmsAction = /\bkms:\w+/i.exec(message)?.[0];
  const layer =
    layers.find(([pattern]) => pattern.test(message))?.[1] ??
    (kmsAction === undefined ? "the bucket's policy" : "the policy of the KMS key");
  if (/explicit deny/i.test(message)) {
    const rootHint = layer.startsWith("the bucket") ? " (the account's root user still can)" : "";
    return (
      `A Deny statement in ${layer} forbids ${action}; no further grant helps against it. ` +
      `Have that statement changed${rootHint}.`
    );
  }
  if (/because no (?!identity-based|resource-based)/.test(message)) {
    return `Have ${action} allowed in ${layer} too; a grant elsewhere is not enough.`;
  }
  return grantRemedy(refusal, action, kmsAction);
}

function grantRemedy(refusal: Refusal, action: string, kmsAction: string | undefined): string {
  if (kmsAction !== undefined) {
    return (
      "The bucket encrypts with a KMS key that the caller may not use. " +
      `Grant ${kmsAction} on the key, or encrypt with SSE-S3 (AES256).`
    );
  }
  if (mayBeMissing(refusal, action)) {
    return (
      "The object does not exist, or the caller may not read it: without s3:ListBucket on the " +
      "bucket, S3 answers 403 in both cases."
    );
  }
  if (refusal.bucket === undefined) return `Grant ${action} to the caller.`;
  return (
    `Grant ${action} on the bucket to the caller. Where bucket and caller are of two accounts, ` +
    "both must allow it."
  );
}

/** A refusal to read that names no action, or the one that S3 asks for where there is no object. */
function mayBeMissing({ operation, key, message }: Refusal, action: string): boolean {
  if (key === undefined) return false;
  if (action === "s3:ListBucket") return true;
  const reads = operation === "GetObject" || operation === "HeadObject";
  return reads && !message.includes(action);
}

function blockedRemedy(setting: string): string {
  return setting === "BlockPublicPolicy"
    ? "The policy counts as public and the public access block refuses it. Name roles or accounts " +
        "instead of *."
    : "The public access block refuses public ACLs. Send none, or give access by the policy.";
}

const speaksTls = "The port speaks HTTPS. Write https:// instead of http:// in the endpoint.";

/** Why no answer came, by the codes of Node, OpenSSL and the AWS SDK. */
export type ConnectionProblem =
  | "refused"
  | "name-unknown"
  | "unreachable"
  | "timed-out"
  | "hung-up"
  | "untrusted"
  | "expired"
  | "wrong-name"
  | "not-tls"
  | "not-http"
  | "proxy-unreachable"
  | "proxy-denied"
  | "proxy-failed";

const problemByCode: Readonly<Record<string, ConnectionProblem>> = {
  ECONNREFUSED: "refused",
  ECONNRESET: "hung-up",
  EPIPE: "hung-up",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ENOTFOUND: "name-unknown",
  EAI_AGAIN: "name-unknown",
  ETIMEDOUT: "timed-out",
  ESOCKETTIMEDOUT: "timed-out",
  TimeoutError: "timed-out",
  SELF_SIGNED_CERT_IN_CHAIN: "untrusted",
  DEPTH_ZERO_SELF_SIGNED_CERT: "untrusted",
  UNABLE_TO_GET_ISSUER_CERT: "untrusted",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "untrusted",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "untrusted",
  CERT_HAS_EXPIRED: "expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "wrong-name",
  ERR_SSL_WRONG_VERSION_NUMBER: "not-tls",
  ERR_SSL_PACKET_LENGTH_TOO_LONG: "not-tls",
  EPROTO: "not-tls",
  HPE_INVALID_CONSTANT: "not-http",
  ERR_NOT_HTTP: "not-http",
  ERR_PROXY_UNREACHABLE: "proxy-unreachable",
  ERR_PROXY_DENIED: "proxy-denied",
  ERR_PROXY_FAILED: "proxy-failed",
};

const connectionRemedies: Readonly<Record<ConnectionProblem, string>> = {
  refused:
    "Nothing listens there. Check the endpoint's host and port, and that the store runs: " +
    "sms-storage start starts that of this machine.",
  "name-unknown":
    "The host name does not resolve. Check the endpoint and the region for typing errors, and DNS or VPN.",
  unreachable: "Check the endpoint, the network, VPN and firewalls.",
  "timed-out": "Check the endpoint, the network and any proxy or firewall, then try again.",
  "hung-up":
    "The store hung up. If it does so every time, check that http or https in the endpoint fits the port.",
  untrusted:
    "Name the authority's PEM file in STORAGE_S3_CA_FILE, STORAGE_QUMULO_CA_FILE or " +
    "NODE_EXTRA_CA_CERTS; an inspecting proxy has one too. STORAGE_QUMULO_VERIFY_SSL=false is for " +
    "tests only.",
  expired: "The store's certificate has expired. Have it renewed, and check this machine's clock.",
  "wrong-name":
    "The certificate is for another host. Use a host name that stands in it as endpoint; bucket names " +
    "with dots need path-style addresses.",
  "not-tls":
    "The port does not speak TLS. Write http:// instead of https:// in the endpoint, or turn TLS on " +
    "at the store.",
  "not-http": speaksTls,
  "proxy-unreachable":
    "Check HTTPS_PROXY and HTTP_PROXY, or name the store's host in NO_PROXY to reach it directly.",
  "proxy-denied":
    "Ask whoever runs the proxy to let connections to this host through, or name the host in NO_PROXY to " +
    "reach it directly. 407 asks for a user and a password in the proxy's URL.",
  "proxy-failed":
    "The proxy did not reach the store. Check the endpoint for typing errors, and whether the proxy can " +
    "resolve and reach it; NO_PROXY names hosts to reach directly.",
};

/** Undefined for a code that does not come from a connection. */
export function connectionProblem(code: string | undefined): ConnectionProblem | undefined {
  return code === undefined ? undefined : problemByCode[code];
}

/** What to do about a connection that failed. */
export function connectionRemedy(problem: ConnectionProblem = "unreachable"): string {
  return connectionRemedies[problem];
}
