import type { StorageError } from "../../core/errors.ts";
import type { Dialect } from "../dialects/dialect.ts";
import type { StoreState } from "../store-state.ts";

/** What was put right, so that the call can be sent again at once. */
export interface Cure {
  readonly type: "clock-adjusted" | "credentials-refreshed" | "region-changed";
  readonly detail: string;
}

/**
 * Puts right what a refusal tells how to put right: a wrong clock and another region in the store's
 * state, expired keys by the next attempt. Undefined: nothing of that kind. `region`: that the refused
 * attempt was signed for.
 */
export function findCure(
  error: StorageError,
  region: string,
  state: StoreState,
  dialect: Dialect,
): Cure | undefined {
  const isSkewed = isUnnamed(error, 403)
    ? state.isClockSkewed()
    : error.s3Code === "RequestTimeTooSkewed";
  if (isSkewed && state.adoptServerClock()) {
    return { type: "clock-adjusted", detail: "Signing with the store's clock." };
  }
  const right = error.details["Region"];
  const isExpired = isUnnamed(error, 400) ? right === undefined : error.s3Code === "ExpiredToken";
  if (isExpired && state.hasCredentials) {
    return { type: "credentials-refreshed", detail: "The keys had expired." };
  }
  if (!dialect.followsRegion.value || right === undefined) return undefined;
  const isMoved = right === state.region && region !== right;
  if (!isMoved && !state.moveTo(right)) return undefined;
  return { type: "region-changed", detail: `The bucket is in ${right}.` };
}

/** HEAD's answers have no body that would name the error. */
function isUnnamed(error: StorageError, status: number): boolean {
  return error.s3Code === undefined && error.status === status;
}
