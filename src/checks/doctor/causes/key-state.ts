import type { CauseRow, Sign } from "../cause-row.ts";

const invalidState = ["KMS.KMSInvalidStateException", "KMSInvalidStateException"];

/** The state as KMS words it in an answer, or as DescribeKey names it. */
const states = {
  disabled: /\bdisabled\b/i,
  pendingDeletion: /\bpending ?(?:replica ?)?deletion\b/i,
  pendingImport: /\bpending ?import\b/i,
  unavailable: /\bunavailable\b/i,
};

const stateTold = new RegExp(
  Object.values(states)
    .map(({ source }) => source)
    .join("|"),
  "i",
);

const stateUntold = new RegExp(`^(?![^]*(?:${stateTold.source}))`, "i");

const inState = (says: RegExp): Sign => ({ sure: "certain", codes: invalidState, says });

const affects = "Nothing under it can be read, and nothing uploaded that it is to encrypt.";

/** Keys of KMS that are there and in a state in which they serve nobody. */
export const keyStateCauses: readonly CauseRow[] = [
  {
    id: "D07",
    layer: "settings",
    title: "The KMS key is disabled",
    symptom: "`KMS.DisabledException` (400) `... is disabled.`",
    cause: "The key {kmsKey} was disabled.",
    affects,
    signs: [
      { sure: "certain", codes: ["KMS.DisabledException", "DisabledException"] },
      inState(states.disabled),
    ],
    remedy: {
      text:
        "Whoever administers the key enables it. New objects can do without: doctor --fix switches the " +
        "bucket's default to SSE-S3.",
      commands: ["aws kms enable-key --key-id {kmsKey}"],
      by: "administrator",
    },
    fix: { kind: "encrypt-by-default" },
    source: "KMS API Reference, DisabledException.",
  },
  {
    id: "D08",
    layer: "settings",
    title: "The KMS key waits for its deletion",
    severity: "critical",
    symptom: "`KMS.KMSInvalidStateException` (400) `... is pending deletion.`",
    cause: "The deletion of {kmsKey} is scheduled.",
    affects: "Once it is deleted, everything under it is lost for good.",
    signs: [
      inState(states.pendingDeletion),
      { sure: "possible", codes: invalidState, says: stateUntold },
    ],
    remedy: {
      text: "Cancel the deletion now, then enable the key; afterwards move the objects to another one.",
      commands: [
        "aws kms cancel-key-deletion --key-id {kmsKey}",
        "aws kms enable-key --key-id {kmsKey}",
      ],
      by: "administrator",
    },
    source: "KMS Developer Guide, deleting keys.",
  },
  {
    id: "D73",
    layer: "settings",
    title: "The KMS key has no key material",
    symptom: "`KMS.KMSInvalidStateException` (400) `... is pending import.`",
    cause:
      "The material of {kmsKey} is imported, and was not yet, has expired or was deleted; until it is " +
      "there (again) the key is pending import.",
    affects,
    signs: [inState(states.pendingImport)],
    remedy: {
      text:
        "Whoever administers the key imports its material (again); only the same material opens what lies " +
        "under it. New objects can do without: doctor --fix switches the bucket's default to SSE-S3.",
      commands: ["aws kms describe-key --key-id {kmsKey}"],
      by: "administrator",
    },
    fix: { kind: "encrypt-by-default" },
    source: "KMS Developer Guide, importing key material.",
  },
  {
    id: "D74",
    layer: "settings",
    title: "The store of the KMS key is out of reach",
    symptom: "`KMS.KMSInvalidStateException` (400) `... is unavailable.`",
    cause:
      "{kmsKey} is of a custom key store (CloudHSM, or one outside of AWS), which is not connected or does " +
      "not answer.",
    affects,
    signs: [inState(states.unavailable)],
    remedy: {
      text:
        "Whoever administers the custom key store connects it again. New objects can do without: doctor " +
        "--fix switches the bucket's default to SSE-S3.",
      commands: ["aws kms describe-key --key-id {kmsKey}"],
      by: "administrator",
    },
    fix: { kind: "encrypt-by-default" },
    source: "KMS Developer Guide, key states of KMS keys.",
  },
  {
    id: "D75",
    layer: "settings",
    title: "The KMS key is in a state in which it serves nobody",
    symptom: "`KMS.KMSInvalidStateException` (400) that names no state, or one that passes.",
    cause:
      "The state of {kmsKey} does not allow what S3 asked of it. The answer does not say which it is: one that " +
      "passes (creating, updating), or one that somebody has to end, such as a pending deletion.",
    affects,
    signs: [{ sure: "certain", codes: invalidState, says: stateUntold }],
    remedy: {
      text:
        "See the key's state (KeyState). Creating and Updating pass within minutes; a pending deletion is " +
        "cancelled with `aws kms cancel-key-deletion`, and has to be soon.",
      commands: ["aws kms describe-key --key-id {kmsKey}"],
      by: "administrator",
    },
    source: "KMS Developer Guide, key states of KMS keys.",
  },
];
