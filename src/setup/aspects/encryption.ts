import type {
  ServerSideEncryptionConfiguration,
  ServerSideEncryptionRule,
} from "../../core/bucket-settings.ts";
import type { Change, Note } from "../aspect.ts";
import { defineAspect, settingCalls, type Draft } from "../define-aspect.ts";
import { isAws, type DesiredState, type EncryptionWish } from "../desired-state.ts";

/** The guide's step 3. The default of every bucket since 2023-01, and still asserted. */
export const encryptionAspect = defineAspect<ServerSideEncryptionConfiguration>({
  name: "encryption",
  title: "Encryption",
  unmanaged: ({ encryption }) => encryption === "unmanaged",
  ...settingCalls("encryption"),
  normalize: ({ Rules: [rule] }) => normalizeRule(rule),
  draft: (desired, current) =>
    desired.encryption === "unmanaged"
      ? { document: undefined, changes: [], summary: "" }
      : draftEncryption(desired, wishOf(desired.encryption, current?.Rules[0]), current?.Rules[0]),
});

/** Bucket keys mean nothing without KMS, and no list of blocked kinds is the same as NONE. */
function normalizeRule(rule: ServerSideEncryptionRule | undefined): unknown {
  const standard = rule?.ApplyServerSideEncryptionByDefault;
  const isKms = standard !== undefined && standard.SSEAlgorithm !== "AES256";
  return {
    standard,
    bucketKey: isKms ? (rule?.BucketKeyEnabled ?? false) : undefined,
    blocked: blockedTypes(rule).sort(),
  };
}

function blockedTypes(rule: ServerSideEncryptionRule | undefined): string[] {
  return (rule?.BlockedEncryptionTypes?.EncryptionType ?? []).filter((type) => type !== "NONE");
}

/** S3 cannot go back to no encryption: its default is SSE-S3. What is blocked stays as it is. */
function wishOf(
  wish: EncryptionWish | "reset",
  rule: ServerSideEncryptionRule | undefined,
): EncryptionWish {
  if (wish !== "reset") return wish;
  return { algorithm: "AES256", blockCustomerKeys: blockedTypes(rule).includes("SSE-C") };
}

function draftEncryption(
  desired: DesiredState,
  wish: EncryptionWish,
  rule: ServerSideEncryptionRule | undefined,
): Draft<ServerSideEncryptionConfiguration> {
  // AWS has the field since 2025-11; of other stores only those that show it.
  const knowsBlocking = isAws(desired) || rule?.BlockedEncryptionTypes !== undefined;
  const changes = [
    ...algorithmChanges(desired.bucket, rule),
    ...(knowsBlocking ? blockingChanges(wish, rule) : []),
  ];
  const blocks = knowsBlocking && wish.blockCustomerKeys;
  const document: ServerSideEncryptionConfiguration = {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: wish.algorithm },
        BucketKeyEnabled: false,
        // Always sent: what a put without it does to a block that is set is not documented.
        ...(knowsBlocking && {
          BlockedEncryptionTypes: { EncryptionType: [blocks ? "SSE-C" : "NONE"] as const },
        }),
      },
    ],
  };
  const notes: Note[] =
    wish.blockCustomerKeys && !knowsBlocking
      ? [
          {
            level: "info",
            text: "This store does not show whether it blocks SSE-C; left as it is.",
          },
        ]
      : [];
  const summary = `SSE-S3 (AES256)${blocks ? ", SSE-C blocked" : ""}`;
  return { document, changes, notes, summary };
}

function algorithmChanges(bucket: string, rule: ServerSideEncryptionRule | undefined): Change[] {
  const current = rule?.ApplyServerSideEncryptionByDefault;
  if (current?.SSEAlgorithm === "AES256") return [];
  const change = {
    item: "SSEAlgorithm",
    before: current,
    after: { SSEAlgorithm: "AES256" },
    why: "S3's own keys ask for no KMS permission",
  };
  if (current === undefined) return [{ action: "add", ...change }];
  return [
    {
      action: "change",
      ...change,
      risk:
        "holds for new objects only: those there stay under their KMS key and still need" +
        ` kms:Decrypt, until \`sms-storage re-encrypt s3://${bucket}/\` has copied them` +
        " (old versions stay)",
    },
  ];
}

function blockingChanges(
  wish: EncryptionWish,
  rule: ServerSideEncryptionRule | undefined,
): Change[] {
  const blocked = blockedTypes(rule).includes("SSE-C");
  if (blocked === wish.blockCustomerKeys) return [];
  return [
    {
      action: rule?.BlockedEncryptionTypes === undefined ? "add" : "change",
      item: "BlockedEncryptionTypes",
      before: rule?.BlockedEncryptionTypes?.EncryptionType,
      after: [wish.blockCustomerKeys ? "SSE-C" : "NONE"],
      why: wish.blockCustomerKeys
        ? "an object under a customer's key is lost with that key"
        : "so wished",
      ...(wish.blockCustomerKeys && { risk: "uploads with SSE-C are refused from now on" }),
    },
  ];
}
