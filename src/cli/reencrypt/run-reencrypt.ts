import { join } from "node:path";
import { StorageError } from "../../core/errors.ts";
import { formatS3Uri } from "../../core/object-key.ts";
import {
  observeForReencryption,
  type ObservedForReencryption,
} from "../../open/observe-for-reencryption.ts";
import { defaultStateFolder } from "../../open/state-folder.ts";
import type { Settings } from "../../settings/settings.ts";
import type { Buckets } from "../../transfer/buckets.ts";
import { Journals } from "../../transfer/journal/journals.ts";
import { countOldVersions } from "../../transfer/reencrypt/count-old-versions.ts";
import { ReencryptionLedger } from "../../transfer/reencrypt/reencryption-ledger.ts";
import {
  type ReencryptionPlan,
  reencryptionPlan,
} from "../../transfer/reencrypt/reencryption-plan.ts";
import { sampleObjects } from "../../transfer/reencrypt/sample-objects.ts";
import { searchInventory } from "../../transfer/reencrypt/search-inventory.ts";
import { searchListing } from "../../transfer/reencrypt/search-listing.ts";
import type { TransferContext } from "../../transfer/transfer-context.ts";
import { confirm, type CommandContext } from "../context.ts";
import { exitCodes } from "../exit-codes.ts";
import { countOf, formatBytes, printable } from "../format.ts";
import { storeListener } from "../store-listener.ts";
import { withBuckets, type WithBucketsOptions } from "../with-buckets.ts";
import { copyFound } from "./copy-found.ts";
import { openInventory, type OpenedInventory } from "./open-inventory.ts";
import type { ReencryptWish } from "./read-reencrypt-wish.ts";
import { renderReencryptionPlan, renderSample } from "./render-reencryption.ts";
import { ReencryptReport } from "./reencrypt-report.ts";
import { writeJob } from "./write-job.ts";

/**
 * Finds, shows, asks and copies, or writes a job; every call says whose the bucket has to be. Answers the exit
 * code.
 */
export async function runReencrypt(
  context: CommandContext,
  wish: ReencryptWish,
  pacing: Pick<WithBucketsOptions, "pace">,
): Promise<number> {
  const { bucket } = wish.uri;
  // Opens no connection.
  await withBuckets(context, (buckets) => Promise.resolve(assertEncrypts(buckets.of(bucket))));
  const settings = await context.settings();
  const observed = await observeForReencryption(settings, bucket, {
    ...storeListener(context, settings),
    ...(wish.owner !== undefined && { expectedBucketOwner: wish.owner }),
  });
  const { accountId } = observed;
  const owners = new Map(accountId === undefined ? [] : [[bucket, accountId] as const]);
  const work = (buckets: Buckets) => reencrypt(context, { buckets, wish, settings, observed });
  return withBuckets(context, work, { ...pacing, owners });
}

async function reencrypt(
  context: CommandContext,
  {
    buckets,
    ...asked
  }: { readonly buckets: Buckets } & Pick<Work, "wish" | "settings" | "observed">,
): Promise<number> {
  const { wish } = asked;
  const { bucket } = wish.uri;
  const transfers = buckets.of(bucket);
  if (wish.sample !== undefined) return sample(context, transfers, wish, wish.sample);
  const { signal } = context.runtime;
  const inventory =
    wish.inventory === undefined
      ? undefined
      : await openInventory(buckets, wish.inventory, { bucket, signal });
  const report = new ReencryptReport(context, bucket);
  const ledger = await openLedger(context, wish, inventory?.identity);
  let outcome: Outcome | undefined;
  try {
    outcome = await settle(context, { ...asked, transfers, inventory, report, ledger });
    return outcome.code;
  } finally {
    await (outcome?.isOver === true ? ledger.remove() : ledger.keep());
    if (outcome === undefined) tellLeft(context, ledger);
  }
}

interface Work {
  readonly wish: ReencryptWish;
  readonly settings: Settings;
  readonly transfers: TransferContext;
  readonly observed: ObservedForReencryption;
  readonly inventory: OpenedInventory | undefined;
  readonly report: ReencryptReport;
  readonly ledger: ReencryptionLedger;
}

/** `isOver`: nothing of it is of use to a later run. */
interface Outcome {
  readonly code: number;
  readonly isOver: boolean;
}

async function settle(context: CommandContext, work: Work): Promise<Outcome> {
  const { wish, transfers, observed, report, ledger } = work;
  const { output } = context;
  const place = printable(formatS3Uri(wish.uri));
  const { resumedAt } = await find(context, work);
  const plan = reencryptionPlan(ledger.tally, observed.facts, wish);
  await tellPlan(context, { wish, place, ledger, plan });
  if (wish.versions) await tellOldVersions(context, transfers, wish.uri.key);
  if (wish.dryRun) {
    const isOver = plan.way === "nothing" || ledger.tally.denied > 0;
    return { code: exitCodes.ok, isOver };
  }
  if (plan.way === "nothing") {
    output.note("There is nothing to copy.");
    return { code: await report.end(), isOver: true };
  }
  if (plan.way === "job") {
    await writeJob(context, { wish, ledger, observed });
    return { code: exitCodes.changesPending, isOver: true };
  }
  const what = `${countOf(plan.objects, "object")} (${formatBytes(plan.bytes)}) under ${place}`;
  const agreed = await confirm(context, `Copy ${what} onto themselves?`, {
    given: wish.yes,
    name: "--yes",
  });
  if (!agreed) {
    output.note("Nothing was copied.");
    return { code: exitCodes.confirmationRequired, isOver: false };
  }
  await copyFound(context, { ...work, total: plan.objects });
  if (resumedAt !== undefined) tellStaleSearch(context, resumedAt);
  return { code: await report.end(), isOver: true };
}

function assertEncrypts({ store }: TransferContext): void {
  const { serverSideEncryptionHeader: choice, orderedListing } = store.capabilities;
  if (choice !== "no" && orderedListing !== "no") return;
  throw new StorageError("NotSupported", "This store lets nobody choose how it encrypts.", {
    operation: "re-encrypt",
    bucket: store.bucket,
    remedy: "There is nothing to move here: only S3 has keys of KMS.",
  });
}

/** Gone on with, where an earlier run of the same search left one. */
async function openLedger(
  context: CommandContext,
  { uri, rescan }: ReencryptWish,
  inventory = "listing",
): Promise<ReencryptionLedger> {
  const settings = await context.settings();
  const folder = join(defaultStateFolder(context.runtime.environment), "transfers");
  const endpoint = settings.storageS3EndpointUrl ?? "aws";
  const journals = new Journals({ folder, bucket: `${endpoint} ${uri.bucket}` });
  const subject = { kind: "reencryption", key: uri.key, localPath: inventory } as const;
  return ReencryptionLedger.open(journals, subject, { folder, isAnew: rescan });
}

/** `resumedAt`: the search had ended in an earlier run, then. */
async function find(
  { output, runtime }: CommandContext,
  { transfers: { store }, ledger, report, wish, inventory }: Work,
): Promise<{ readonly resumedAt: string | undefined }> {
  const { scannedAt, isBegun, doneCount, tally } = ledger;
  if (isBegun) {
    const done = doneCount > 0 ? `, ${doneCount} of them done` : "";
    output.note(
      `Going on with an earlier run: ${countOf(tally.looked.objects, "object")} looked at, ` +
        `${tally.kms.objects} under KMS${done}. --rescan begins anew.`,
    );
  }
  if (scannedAt !== undefined) return { resumedAt: scannedAt };
  const search = {
    store,
    ledger,
    signal: runtime.signal,
    now: () => new Date(),
    onStep: async (seen: Parameters<ReencryptReport["saw"]>[0]) => {
      await report.saw(seen);
      const { looked, kms } = ledger.tally;
      output.progress(`${looked.objects} looked at, ${kms.objects} under KMS`);
    },
  };
  if (inventory === undefined) await searchListing(search, wish.uri.key);
  else await searchInventory(search, inventory, wish.uri.key);
  return { resumedAt: undefined };
}

async function tellPlan(
  { output }: CommandContext,
  {
    wish,
    place,
    ledger,
    plan,
  }: {
    readonly wish: ReencryptWish;
    readonly place: string;
    readonly ledger: ReencryptionLedger;
    readonly plan: ReencryptionPlan;
  },
): Promise<void> {
  const { tally } = ledger;
  const { bucket, key: prefix } = wish.uri;
  const lines = renderReencryptionPlan(place, tally, plan);
  const record = { type: "re-encryption-plan", bucket, prefix, ...plan, seen: tally };
  await output.result(record, lines.join("\n"));
  if (plan.way !== "job") return;
  output.note(
    `That is more than --max-objects ${wish.maxObjects}` +
      `${wish.maxBytes === undefined ? "" : ` or --max-bytes ${wish.maxBytes}`}: ` +
      "S3 Batch Operations copies them, within S3 and without this machine.",
  );
}

async function tellOldVersions(
  { output, runtime }: CommandContext,
  { store }: TransferContext,
  prefix: string,
): Promise<void> {
  const tally = await countOldVersions(store, prefix, {
    signal: runtime.signal,
    onPage: (looked) => output.progress(`${looked} older versions looked at`),
  });
  const { looked, kms, archived } = tally;
  const underKms = kms.objects + archived.objects;
  const bytes = kms.bytes + archived.bytes;
  const record = { type: "old-versions", bucket: store.bucket, prefix, underKms, bytes };
  await output.result(
    { ...record, looked: looked.objects, denied: tally.denied },
    `  older versions under KMS: ${underKms} of ${looked.objects} (${formatBytes(bytes)})`,
  );
}

function tellStaleSearch({ output }: CommandContext, scannedAt: string): void {
  output.note(`What was found was found at ${scannedAt}; run it again for what came since.`);
}

function tellLeft({ output }: CommandContext, { tally, doneCount }: ReencryptionLedger): void {
  const { looked, kms } = tally;
  output.note(
    `Run it again to go on: ${looked.objects} looked at, ${kms.objects} found, ${doneCount} done.`,
  );
}

async function sample(
  { output, runtime }: CommandContext,
  { store }: TransferContext,
  { uri }: ReencryptWish,
  size: number,
): Promise<number> {
  const found = await sampleObjects(store, uri.key, {
    size,
    signal: runtime.signal,
    random: Math.random,
    onPage: (listed) => output.progress(`${listed} listed`),
  });
  const { tally, listed, share } = found;
  const { bucket, key: prefix } = uri;
  const record = { type: "re-encryption-sample", bucket, prefix, listed, share, seen: tally };
  await output.result(record, renderSample(printable(formatS3Uri(uri)), found).join("\n"));
  return exitCodes.ok;
}
