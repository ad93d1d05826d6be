import type { SetupPlan } from "../../setup/plan.ts";
import { UsageError } from "../exit-codes.ts";

/** A bucket that is not there and cannot be made has no plan worth reading. Throws UsageError. */
export function refuseBadName({ summary }: Pick<SetupPlan, "summary">): void {
  const bad = summary.blockers.find(({ code }) => code === "bucket-name");
  if (bad !== undefined) throw new UsageError(bad.message, bad.remedy);
}
