import type { LifecycleFilter, LifecycleRule } from "../../core/bucket-settings.ts";
import { compareKeys } from "../../core/object-key.ts";
import { singleQuoted } from "../../core/shell-word.ts";
import { unicodeEscape } from "../../core/unicode-escape.ts";
import type { ExportedSetup } from "./exported-setup.ts";

/**
 * The set-up as a script for bash and the AWS CLI. Each step reads first and writes only what is
 * otherwise, then reads it back; the first that fails ends it. It can be run again.
 */
export function exportScript(setup: ExportedSetup): string {
  const { bucket, region, accountId, endpointUrl, documents } = setup;
  const values = [
    `bucket=${singleQuoted(bucket)}`,
    `region=${singleQuoted(region)}`,
    ...(accountId === undefined ? [] : [`owner=${singleQuoted(accountId)}`]),
  ];
  const owned = accountId === undefined ? "" : ' --expected-bucket-owner "$owner"';
  const endpoint = endpointUrl === undefined ? "" : ` --endpoint-url ${singleQuoted(endpointUrl)}`;
  const steps = [
    ...ownerStep(setup),
    ...(documents.encryption?.Rules.some((rule) => rule.BlockedEncryptionTypes) === true
      ? [releaseCheck]
      : []),
    bucketStep(setup),
    ...settingSteps(setup),
  ];
  return [
    head,
    ...values,
    `s3() { local call="$1"; shift; aws s3api "$call" --region "$region"${endpoint} --bucket "$bucket" "$@"; }`,
    `mine() { s3 "$@"${owned}; }`,
    `until_there() { aws s3api wait bucket-exists --region "$region"${endpoint} --bucket "$bucket"${owned}; }`,
    `sts() { aws sts "$@" --region "$region"${endpoint}; }`,
    tools,
    ...steps,
    `echo "Done: $bucket is as wished for."`,
    "",
  ].join("\n");
}

const head = `#!/usr/bin/env bash
# Sets up one S3 bucket for SMS API. Read it before you run it; running it again changes nothing.
# Needs bash and the AWS CLI with the rights of an administrator of the account.
set -euo pipefail
export AWS_PAGER='' LC_ALL=C.UTF-8
`;

const tools = `
fail() { printf 'error: %s\\n' "$1" >&2; exit 1; }

# ask CODE COMMAND...: what it prints; "not set" where the answer is this error. Every other error ends
# the script: who may not look does not know that nothing is there.
ask() {
  local code="$1" out
  shift
  if out="$("$@" 2>/dev/null)"; then printf '%s' "$out"; return; fi
  out="$("$@" 2>&1 >/dev/null || true)"
  if [[ "$out" == *"($code)"* ]]; then printf 'not set'; return; fi
  printf '%s\\n' "$out" >&2
  return 1
}

# ensure WHAT WANTED READ WRITE: functions that print what is there, and that put what is wanted.
ensure() {
  local what="$1" wanted="$2" read="$3" write="$4" seen attempt
  seen="$("$read")"
  if [[ "$seen" == "$wanted" ]]; then printf '%s: is so already: %s\\n' "$what" "$seen"; return; fi
  printf '%s: was: %s\\n' "$what" "$seen"
  "$write"
  for attempt in 1 2 3 4 5 6 7 8; do
    seen="$("$read")"
    if [[ "$seen" == "$wanted" ]]; then printf '%s: is now: %s\\n' "$what" "$seen"; return; fi
    sleep "$attempt"
  done
  fail "$what: it was put, and is read as: $seen"
}
`;

function ownerStep({ accountId }: ExportedSetup): string[] {
  if (accountId === undefined) return [];
  return [
    `caller="$(sts get-caller-identity --query Account --output text)"`,
    `[[ "$caller" == "$owner" ]] || fail "these are keys of account $caller, not of $owner"`,
  ];
}

/** Older ones refuse the parameter before any call. */
const releaseCheck = `aws s3api put-bucket-encryption --generate-cli-skeleton input | grep -q BlockedEncryptionTypes ||
  fail "this AWS CLI is too old for BlockedEncryptionTypes: take a release from 2026"`;

function bucketStep({ region, namespace, accountId }: ExportedSetup): string {
  // S3 refuses the constraint that names its first region.
  const place =
    region === "us-east-1" ? "" : ` --create-bucket-configuration LocationConstraint="$region"`;
  const space = namespace === "account-regional" ? " --bucket-namespace account-regional" : "";
  const whose = accountId === undefined ? "" : " of account $owner";
  return `
there="$(ask 404 mine head-bucket)"
if [[ "$there" == 'not set' ]]; then
  s3 create-bucket${place}${space} >/dev/null
  until_there
  mine head-bucket >/dev/null
  echo "Bucket: made in $region"
else
  echo "Bucket: is there already${whose}"
fi
`;
}

function settingSteps(setup: ExportedSetup): string[] {
  const { publicAccessBlock: block, ownership, versioning } = setup.documents;
  return [
    ...(block === undefined
      ? []
      : [
          step({
            name: "public_access_block",
            title: "Public access block",
            wanted: JSON.stringify([
              block.BlockPublicAcls,
              block.IgnorePublicAcls,
              block.BlockPublicPolicy,
              block.RestrictPublicBuckets,
            ]),
            absent: "NoSuchPublicAccessBlockConfiguration",
            read:
              "get-public-access-block --output text --query 'to_string(PublicAccessBlockConfiguration." +
              "[BlockPublicAcls,IgnorePublicAcls,BlockPublicPolicy,RestrictPublicBuckets])'",
            document: JSON.stringify(block),
            write: "put-public-access-block --public-access-block-configuration",
          }),
        ]),
    ...(ownership === undefined
      ? []
      : [
          step({
            name: "ownership",
            title: "Ownership",
            wanted: ownership,
            absent: "OwnershipControlsNotFoundError",
            read:
              "get-bucket-ownership-controls --output text --query " +
              "'OwnershipControls.Rules[0].ObjectOwnership'",
            document: JSON.stringify({ Rules: [{ ObjectOwnership: ownership }] }),
            write: "put-bucket-ownership-controls --ownership-controls",
          }),
        ]),
    ...encryptionStep(setup),
    ...(versioning === undefined
      ? []
      : [
          step({
            name: "versioning",
            title: "Versioning",
            wanted: versioning,
            absent: "NoSuchBucketVersioning",
            read: "get-bucket-versioning --output text --query Status",
            document: JSON.stringify({ Status: versioning }),
            write: "put-bucket-versioning --versioning-configuration",
          }),
        ]),
    ...policyStep(setup),
    ...lifecycleStep(setup),
  ];
}

interface Step {
  readonly name: string;
  readonly title: string;
  /** What \`read\` prints once it is as wished for. */
  readonly wanted: string;
  /** The error code of a setting that is not set. */
  readonly absent: string;
  readonly read: string;
  readonly document: string;
  readonly write: string;
}

/** Documents go by a pipe: nothing of them is an argument, or a file. */
function step({ name, title, wanted, absent, read, document, write }: Step): string {
  return `
read_${name}() { ask ${absent} mine ${read}; }
write_${name}() { printf '%s' ${singleQuoted(document)} | mine ${write} file:///dev/stdin >/dev/null; }
ensure ${singleQuoted(title)} ${singleQuoted(wanted)} read_${name} write_${name}`;
}

function encryptionStep({ documents }: ExportedSetup): string[] {
  const { encryption } = documents;
  if (encryption === undefined) return [];
  const [rule] = encryption.Rules;
  const standard = rule?.ApplyServerSideEncryptionByDefault;
  const blocked = rule?.BlockedEncryptionTypes?.EncryptionType;
  const more = blocked === undefined ? "" : ",BlockedEncryptionTypes.EncryptionType";
  return [
    step({
      name: "encryption",
      title: "Encryption",
      wanted: asciiJson([
        standard?.SSEAlgorithm ?? null,
        standard?.KMSMasterKeyID ?? null,
        ...(blocked === undefined ? [] : [blocked]),
      ]),
      absent: "ServerSideEncryptionConfigurationNotFoundError",
      read:
        "get-bucket-encryption --output text --query 'to_string(ServerSideEncryptionConfiguration.Rules[0]." +
        "[ApplyServerSideEncryptionByDefault.SSEAlgorithm," +
        `ApplyServerSideEncryptionByDefault.KMSMasterKeyID${more}])'`,
      document: JSON.stringify(encryption),
      write: "put-bucket-encryption --server-side-encryption-configuration",
    }),
  ];
}

/**
 * S3 gives a policy back as it was put, but for blanks; of a role that was made anew it shows the id. So
 * it is put when the text is another, and is read back by the Sids of its statements.
 */
function policyStep({ documents }: ExportedSetup): string[] {
  const { policy } = documents;
  if (policy === undefined) return [];
  const sids = policy.Statement.flatMap(({ Sid }) => (typeof Sid === "string" ? [Sid] : []));
  const checks = sids.map((sid) => {
    const text = singleQuoted(`"Sid":${JSON.stringify(sid)}`);
    return `[[ "$seen" == *${text}* ]] || fail "Policy: a statement is not there after it was put"`;
  });
  return [
    `
wanted=${singleQuoted(JSON.stringify(policy))}
read_policy() { ask NoSuchBucketPolicy mine get-bucket-policy --query Policy --output text; }
seen="$(read_policy)"
if [[ "$seen" == "$wanted" ]]; then
  echo "Policy: is so already"
else
  printf 'Policy: was: %s\\n' "$seen"
  printf '%s' "$wanted" | mine put-bucket-policy --policy file:///dev/stdin
  sleep 1
  seen="$(read_policy)"
  ${checks.join("\n  ")}
  printf 'Policy: is now: %s\\n' "$seen"
fi`,
  ];
}

function lifecycleStep({ documents }: ExportedSetup): string[] {
  const { lifecycle } = documents;
  if (lifecycle === undefined) return [];
  const { TransitionDefaultMinimumObjectSize: least, Rules } = lifecycle;
  const rows = Rules.map(rowOf).sort(([a], [b]) => compareKeys(String(a), String(b)));
  // S3's default, which a put without it has; releases before 2024-09 do not know the option.
  const isUsual = least === undefined || least === "all_storage_classes_128K";
  const option = isUsual ? "" : ` --transition-default-minimum-object-size ${singleQuoted(least)}`;
  return [
    step({
      name: "lifecycle",
      title: "Lifecycle",
      wanted: asciiJson(rows),
      absent: "NoSuchLifecycleConfiguration",
      read:
        "get-bucket-lifecycle-configuration --output text --query " +
        `'to_string(sort_by(Rules,&ID)[].[${columns.join(",")}])'`,
      document: JSON.stringify({ Rules }),
      write: `put-bucket-lifecycle-configuration${option} --lifecycle-configuration`,
    }),
  ];
}

const columns = [
  "ID",
  "Status",
  "Filter.Prefix||Filter.And.Prefix",
  "Expiration.Days",
  "NoncurrentVersionExpiration.NoncurrentDays",
  "AbortIncompleteMultipartUpload.DaysAfterInitiation",
  "length(Transitions||`[]`)",
] as const;

/** By the columns above; what is falsy there is null. */
function rowOf(rule: LifecycleRule): readonly unknown[] {
  const {
    ID,
    Status,
    Prefix: legacy = "",
    Filter: filter = { Prefix: legacy },
    Expiration: end = {},
    NoncurrentVersionExpiration: old = {},
    AbortIncompleteMultipartUpload: uploads,
    Transitions: transitions = [],
  } = rule;
  const days = [end.Days, old.NoncurrentDays, uploads?.DaysAfterInitiation];
  return [ID, Status, prefixOf(filter), ...days, transitions.length].map((each) => each ?? null);
}

function prefixOf({ Prefix, And: and }: LifecycleFilter): string | undefined {
  return Prefix === undefined || Prefix === "" ? and?.Prefix : Prefix;
}

/** As the CLI's `to_string` writes JSON: without blanks, in ASCII. */
function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    // eslint-disable-next-line no-control-regex -- all but ASCII is what is looked for
    /[^\u0000-\u007e]/g,
    unicodeEscape,
  );
}
