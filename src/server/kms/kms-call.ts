import { decideAccess } from "../../policy/decide-access.ts";
import type { ContextLookup } from "../../policy/request.ts";
import type { AuthenticatedCaller } from "../caller.ts";
import { findKey } from "./find-key.ts";
import { refusedBy } from "../refusals.ts";
import { assertUsable, denialText, judgeKeyUse, type KeyUse } from "./judge-key.ts";
import { aliasArn, keyArn, type KeyRecord } from "./key-record.ts";
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

/** What a call says beside its action: see `KeyUse`. */
type KeyAsk = Partial<Pick<KeyUse, "context" | "conditionKeys" | "isCovered">>;

/** Of the calls that change or show keys, those that reach keys of other accounts. Source: API Reference. */
const reachingOut: ReadonlySet<string> = new Set([
  "CreateGrant",
  "DescribeKey",
  "GetKeyRotationStatus",
  "ListGrants",
  "RetireGrant",
  "RevokeGrant",
]);

export function judge(call: KmsCall, key: KeyRecord, action: string, ask: KeyAsk = {}): void {
  const { caller, lookup } = call;
  const alias = /alias\/.+$/.exec(call.input.text("KeyId") ?? "")?.[0];
  const conditionKeys: ContextLookup = (name) =>
    name === "kms:requestalias" && alias !== undefined ? [alias] : ask.conditionKeys?.(name);
  // What is not encrypted has no context that a grant could ask for.
  const { context = noContext, isCovered = () => true } = ask;
  judgeKeyUse(call.keys, key, { caller, lookup, action, context, conditionKeys, isCovered });
  if (key.accountId === caller.accountId || reachingOut.has(action)) return;
  throw denied(denialText({ caller, action }, keyArn(key), undefined));
}

/** What only the caller's own policies allow, of an alias as of a key. */
export function judgeAlias(call: KmsCall, name: string, action: string): void {
  judgeOwn(call, action, aliasArn(call.address, name));
}

export function permitted(call: KmsCall, action: string, ask?: KeyAsk): KeyRecord {
  const key = namedKey(call);
  judge(call, key, action, ask);
  return key;
}

export function changeable(call: KmsCall, action: string, ask?: KeyAsk): KeyRecord {
  const key = permitted(call, action, ask);
  if (key.state === "PendingDeletion") assertUsable(key);
  return key;
}

export function judgeAccount(call: KmsCall, action: string, keys?: ContextLookup): void {
  judgeOwn(call, action, "*", keys);
}

function judgeOwn(
  { caller, lookup }: KmsCall,
  action: string,
  resource: string,
  keys: ContextLookup = () => undefined,
): void {
  const context: ContextLookup = (key) => keys(key) ?? lookup(key);
  const decision = decideAccess({
    request: { principal: caller, action: `kms:${action}`, resource, context },
    resourcePolicy: undefined,
    caller: caller.layers,
    sameAccount: true,
  });
  if (decision.outcome === "allowed") return;
  throw refusedBy(denied(decision.message.replace(`"${resource}"`, resource)), decision);
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
