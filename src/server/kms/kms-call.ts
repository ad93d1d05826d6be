import { decideAccess } from "../../policy/decide-access.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import { findKey } from "./find-key.ts";
import { refusedBy } from "../refusals.ts";
import { assertUsable, judgeKeyUse } from "./judge-key.ts";
import type { KeyRecord } from "./key-record.ts";
import { denied, KmsError } from "./kms-error.ts";
import type { KmsInput } from "./kms-input.ts";
import type { KeyUser } from "./use-key.ts";

/** A signed request to KMS. */
export interface KmsCall extends KeyUser {
  readonly caller: AuthenticatedCaller;
  readonly input: KmsInput;
  readonly now: Date;
}

export type Answer = Readonly<Record<string, unknown>>;
export type KmsOperation = (call: KmsCall) => Answer | Promise<Answer>;

const noContext = {};

export function namedKey({ keys, input, address }: KmsCall): KeyRecord {
  return findKey(keys, input.required("KeyId"), address);
}

export function judge(call: KmsCall, key: KeyRecord, action: string): void {
  judgeKeyUse(call.keys, key, { ...call, action, context: noContext });
}

export function permitted(call: KmsCall, action: string): KeyRecord {
  const key = namedKey(call);
  judge(call, key, action);
  return key;
}

export function changeable(call: KmsCall, action: string): KeyRecord {
  const key = permitted(call, action);
  if (key.state === "PendingDeletion") assertUsable(key);
  return key;
}

export function judgeAccount({ caller, lookup }: KmsCall, action: string): void {
  const decision = decideAccess({
    request: { principal: caller, action: `kms:${action}`, resource: "*", context: lookup },
    resourcePolicy: undefined,
    caller: caller.layers,
    sameAccount: true,
  });
  if (decision.outcome === "allowed") return;
  throw refusedBy(denied(decision.message.replace('"*"', "*")), decision);
}

export function page({ input }: KmsCall, name: string, all: readonly Answer[]): Answer {
  const marker = input.text("Marker") ?? "0";
  if (!/^\d{1,9}$/.test(marker)) throw new KmsError("InvalidMarkerException", "Invalid marker.");
  const start = Number(marker);
  const end = start + (input.whole("Limit", 1, 1000) ?? 100);
  const Truncated = all.length > end;
  return {
    [name]: all.slice(start, end),
    Truncated,
    ...(Truncated && { NextMarker: String(end) }),
  };
}
