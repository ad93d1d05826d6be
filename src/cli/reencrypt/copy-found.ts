import {
  type ObservedForReencryption,
  openObjectAcls,
} from "../../open/observe-for-reencryption.ts";
import type { Settings } from "../../settings/settings.ts";
import { reencryptFound } from "../../transfer/reencrypt/reencrypt-found.ts";
import type { ReencryptionLedger } from "../../transfer/reencrypt/reencryption-ledger.ts";
import type { TransferContext } from "../../transfer/transfer-context.ts";
import type { CommandContext } from "../context.ts";
import type { ReencryptReport } from "./reencrypt-report.ts";

/** Copies what was found, with ACLs where they count. */
export async function copyFound(
  { runtime }: CommandContext,
  work: {
    readonly transfers: TransferContext;
    readonly settings: Settings;
    readonly observed: ObservedForReencryption;
    readonly ledger: ReencryptionLedger;
    readonly report: ReencryptReport;
    readonly total: number;
  },
): Promise<void> {
  const { transfers, settings, observed, ledger, report, total } = work;
  const { bucket } = transfers.store;
  const acls =
    observed.facts.aclsCount === true
      ? await openObjectAcls(settings, bucket, observed.accountId)
      : undefined;
  try {
    const reencryption = { context: transfers, acls, now: () => new Date() };
    await reencryptFound(reencryption, ledger, {
      signal: runtime.signal,
      onEvent: (event) => report.tell(event, total),
    });
  } finally {
    acls?.close();
  }
}
