import type { DesiredFile } from "../../setup/desired-file.ts";
import { usualLifecycle } from "../../setup/recall-lifecycle.ts";
import type { OptionValues } from "../option-values.ts";
import type { WhatItHas } from "./what-it-has.ts";

/**
 * What a bucket has of what is not asked, where it is no default and no file says otherwise; as options. A
 * set-up of this bucket keeps it unsaid, one of another by the same file would not have it.
 */
export function keptOptions(
  { lifecycle, guard, minTls }: WhatItHas,
  filed: DesiredFile | undefined,
): OptionValues {
  const policy = filed?.policy;
  const rules = filed?.lifecycle;
  const isPolicyLeft = typeof policy === "string";
  const kept = [
    ...(typeof rules === "string"
      ? []
      : (["testPrefix", "abortUploadDays"] as const).map((name) => {
          const value = lifecycle[name] === usualLifecycle[name] ? undefined : lifecycle[name];
          return [name, rules?.[name] === undefined ? value : undefined] as const;
        })),
    ["guard", isPolicyLeft || policy?.guard !== undefined ? undefined : guard] as const,
    ["minTls", isPolicyLeft || policy?.minTls !== undefined ? undefined : minTls] as const,
  ];
  const said = kept.filter(([, value]) => value !== undefined);
  return Object.fromEntries(said.map(([name, value]) => [name, String(value)]));
}
