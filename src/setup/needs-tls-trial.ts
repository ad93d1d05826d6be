import { isAws, usesTls, type DesiredState } from "./desired-state.ts";

/** Whether a TLS-only Deny could shut everybody out, as far as the endpoint tells. */
export function needsTlsTrial(desired: DesiredState): boolean {
  return !isAws(desired) && usesTls(desired);
}
