import type { ReencryptionPlan } from "../../transfer/reencrypt/reencryption-plan.ts";
import type { Sample } from "../../transfer/reencrypt/sample-objects.ts";
import type { Tally } from "../../transfer/reencrypt/tally.ts";
import { countOf, formatBytes, printable } from "../format.ts";

const prices =
  "What these cost, by your region: https://aws.amazon.com/s3/pricing/ (requests, storage) and " +
  "https://aws.amazon.com/kms/pricing/ (calls of keys).";

/** The plan as text. */
export function renderReencryptionPlan(
  place: string,
  tally: Tally,
  plan: ReencryptionPlan,
): string[] {
  const { looked, plain, untold, denied, ownKey, archived, gone } = tally;
  const { requests } = plan;
  const lines = [
    `${place}: ${countOf(looked.objects, "object")} (${formatBytes(looked.bytes)}) looked at`,
    `  under a key of KMS, to be copied: ${plan.objects} (${formatBytes(plan.bytes)})`,
    ...Object.entries(plan.byKey).map(([key, count]) => `    ${count} under ${printable(key)}`),
    ...Object.entries(plan.byClass).map(
      ([name, { objects, bytes }]) =>
        `    ${objects} in class ${printable(name)} (${formatBytes(bytes)})`,
    ),
    `  under SSE-S3 already: ${plain}`,
    ...line(archived.objects, "under KMS, archived, so that they have to be restored first"),
    ...line(ownKey, "under a customer's own key (SSE-C), which only its holder can move"),
    ...line(untold, "not encrypted, or the store does not say"),
    ...line(denied, "not to be looked at by these credentials"),
    ...line(gone, "deleted meanwhile"),
  ];
  if (plan.way === "nothing") return lines;
  return [
    ...lines,
    `  requests: ${requests.copy} copies, ${requests.head} HEAD` +
      `${requests.acl > 0 ? `, ${requests.acl} GetObjectAcl` : ""}; calls of KMS (Decrypt): ` +
      `${requests.kmsDecrypt} at most, fewer with bucket keys`,
    `  looking took ${tally.heads} HEAD and ${tally.lists} LIST`,
    ...(plan.versions > 0
      ? [`  versions: ${plan.versions} new, ${formatBytes(plan.storedTwiceBytes)} stored twice`]
      : []),
    `  ${prices}`,
    ...plan.notes.map(({ level, text }) => `  ${level === "warning" ? "warning: " : ""}${text}`),
  ];
}

export function renderSample(place: string, { tally, listed, share }: Sample): string[] {
  const { looked, kms, archived } = tally;
  const hits = kms.objects + archived.objects;
  const [from, to] = share.map((part) => part * listed.objects);
  const estimate =
    looked.objects === listed.objects
      ? ""
      : `: of all some ${Math.floor(from ?? 0)} to ${Math.ceil(to ?? 0)} (19 of 20 such samples are right)`;
  return [
    `${place}: ${countOf(listed.objects, "object")} (${formatBytes(listed.bytes)}), ` +
      `${looked.objects} drawn by lot`,
    `  under a key of KMS: ${hits} of these${estimate}`,
    ...Object.entries(tally.byKey).map(([key, count]) => `    ${count} under ${printable(key)}`),
    `  under SSE-S3: ${tally.plain}`,
    ...line(tally.ownKey, "under a customer's own key (SSE-C)"),
    ...line(tally.untold, "not encrypted, or the store does not say"),
    ...line(tally.denied, "not to be looked at by these credentials"),
  ];
}

function line(count: number, what: string): string[] {
  return count === 0 ? [] : [`  ${what}: ${count}`];
}
