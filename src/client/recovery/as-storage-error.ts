import { StorageError } from "../../core/errors.ts";
import { restateError } from "../../core/restate-error.ts";
import type { CallScope } from "../call-scope.ts";
import { connectionError } from "../connection-error.ts";
import type { Endpoint } from "../endpoint.ts";
import { addressOf, type CallContext } from "../service-error.ts";
import { TransportError } from "../transport-error.ts";

/** Whatever an attempt threw, in the words of the public API; a call that was stopped says so. */
export function asStorageError(
  failure: unknown,
  context: CallContext,
  scope: CallScope,
  endpoint: Endpoint,
): StorageError {
  if (scope.cancellation !== undefined) {
    const error = scope.error(context.operation, context);
    const sent = failure instanceof TransportError && failure.sent;
    return context.changes && sent ? restateError(error, { outcome: "unknown" }) : error;
  }
  if (failure instanceof StorageError) {
    return failure.operation === undefined ? restateError(failure, addressOf(context)) : failure;
  }
  if (failure instanceof TransportError) return connectionError(context, failure, endpoint);
  const message = failure instanceof Error ? failure.message : String(failure);
  return new StorageError("Unknown", `${context.operation}: ${message}`, {
    ...addressOf(context),
    cause: failure,
  });
}
