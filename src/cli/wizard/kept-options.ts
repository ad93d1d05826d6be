import type { DesiredFile } from "../../setup/desired-file.ts";
import { usualLifecycle } from "../../setup/recall-lifecycle.ts";
import type { OptionValues } from "../option-values.ts";
import type { WhatItHas } from "./what-it-has.ts";

/**
 * What a bucket has of what is not asked, where it is no default and no file says otherwise; as options. A
 * set-up of this bucket keeps it unsaid, one of another by the same file would not have it.
 */
export function keptOptions(
  has: WhatItHas,
  filed: DesiredFile | undefined,
  way: { readonly usesTls: boolean },
): OptionValues {
  const kept = { ...keptRules(has, filed?.lifecycle), ...keptDenies(has, filed?.policy, way) };
  return Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
}

function keptRules({ lifecycle }: WhatItHas, filed: DesiredFile["lifecycle"]): OptionValues {
  if (typeof filed === "string") return {};
  const names = (["testPrefix", "abortUploadDays"] as const).filter(
    (name) => filed?.[name] === undefined && lifecycle[name] !== usualLifecycle[name],
  );
  return Object.fromEntries(names.map((name) => [name, lifecycle[name]?.toString()]));
}

/** Plain http is refused by default, but not over plain http. */
function keptDenies(
  { guard, minTls, tlsOnly }: WhatItHas,
  filed: DesiredFile["policy"],
  { usesTls }: { readonly usesTls: boolean },
): OptionValues {
  if (typeof filed === "string") return {};
  return {
    guard: filed?.guard === undefined ? guard : undefined,
    minTls: filed?.minTls === undefined ? minTls : undefined,
    tlsOnly: filed?.tlsOnly === undefined && tlsOnly !== usesTls ? tlsOnly : undefined,
  };
}
