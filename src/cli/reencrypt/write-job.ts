import { resolve } from "node:path";
import { StorageError } from "../../core/errors.ts";
import { isAwsHost } from "../../core/partition.ts";
import type { ObservedForReencryption } from "../../open/observe-for-reencryption.ts";
import type { BatchPlace } from "../../transfer/reencrypt/batch-job.ts";
import type { ReencryptionLedger } from "../../transfer/reencrypt/reencryption-ledger.ts";
import { writeManifests } from "../../transfer/reencrypt/write-manifests.ts";
import type { CommandContext } from "../context.ts";
import { countOf, printable } from "../format.ts";
import type { ReencryptWish } from "./read-reencrypt-wish.ts";

const roleName = "sms-storage-re-encrypt";

/** Writes manifests, jobs and policies, and prints the commands that start them. Throws StorageError. */
export async function writeJob(
  { output, runtime }: CommandContext,
  {
    wish,
    ledger,
    observed,
  }: {
    readonly wish: ReencryptWish;
    readonly ledger: ReencryptionLedger;
    readonly observed: ObservedForReencryption;
  },
): Promise<void> {
  const scannedAt = ledger.scannedAt ?? new Date().toISOString();
  const stamp = scannedAt.replaceAll(/[-:]|\.\d+/g, "");
  const { bucket } = wish.uri;
  const place = batchPlace({ wish, ledger, observed, scannedAt, stamp });
  const folder = resolve(runtime.cwd, wish.jobFolder ?? `re-encrypt-${bucket}-${stamp}`);
  const { manifests, leftover, commands } = await writeManifests(
    ledger.candidates(),
    place,
    folder,
  );
  const objects = manifests.reduce((sum, manifest) => sum + manifest.objects, 0);
  await output.result(
    { type: "re-encryption-job", bucket, folder, objects, manifests, leftover, commands },
    manifests.length === 0
      ? undefined
      : [
          `Written to ${printable(folder)}: jobs for ${countOf(objects, "object")}. An administrator runs there:`,
          ...commands.map((command) => `  ${command}`),
        ].join("\n"),
  );
  if (manifests.length > 0) {
    output.note(
      "create-job prints the JOB-ID of the last command, which lets a job begin. The policy of each key " +
        `has to let ${roleName} decrypt, too. The report names what failed; then run this again.`,
    );
    if (observed.facts.aclsCount !== false) {
      output.warn(
        "ACLs of objects count in this bucket, and a job keeps none. Copies from here do.",
      );
    }
  }
  if (leftover === undefined) return;
  output.note(
    `${countOf(leftover.objects, "object")} are above 5 GiB, of an unknown class, or have a lock or redirect of ` +
      `their own, which a job does not keep: sms-storage re-encrypt --inventory ${leftover.file} s3://${bucket}/`,
  );
}

function batchPlace({
  wish,
  ledger,
  observed,
  scannedAt,
  stamp,
}: {
  readonly wish: ReencryptWish;
  readonly ledger: ReencryptionLedger;
  readonly observed: ObservedForReencryption;
  readonly scannedAt: string;
  readonly stamp: string;
}): BatchPlace {
  const { accountId, partition, region, facts, endpointUrl } = observed;
  const raise = "Copy them from here: raise --max-objects, or name a prefix.";
  const isAws = endpointUrl === undefined || isAwsHost(new URL(endpointUrl).host);
  if (accountId === undefined || !isAws) {
    throw refused("This store has no S3 Batch Operations: only AWS has.", raise);
  }
  if (facts.defaultEncryption !== "AES256") {
    throw refused(
      `The bucket's default encryption is ${facts.defaultEncryption}, and a job's copies take that.`,
      `Change it first: sms-storage setup --bucket ${wish.uri.bucket}`,
    );
  }
  const keys = Object.keys(ledger.tally.byKey);
  const areKnown = keys.every((key) => key.startsWith("arn:"));
  return {
    accountId,
    partition,
    region,
    bucket: wish.uri.bucket,
    folder: `sms-storage-re-encrypt/${stamp}/`,
    roleName,
    kmsKeys: areKnown ? keys : [],
    scannedAt: new Date(scannedAt),
  };
}

function refused(message: string, remedy: string): StorageError {
  return new StorageError("NotSupported", message, { operation: "re-encrypt", remedy });
}
