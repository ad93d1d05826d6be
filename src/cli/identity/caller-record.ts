import { partitionOfArn } from "../../core/partition.ts";
import type { ObservedIdentity } from "../../open/identity-session.ts";
import { formatDuration, formatTable, formatTime, printable } from "../format.ts";

/** What `whoami` tells, as data; never a secret. */
export function callerRecord(observed: ObservedIdentity, now: Date) {
  const { identity, whyNot, accessKeyId, source, expiration, signInEnds, ...rest } = observed;
  const { endpointUrl, region, profile, isTemporary } = rest;
  return {
    type: "caller",
    ...(identity !== undefined && partsOf(identity)),
    ...(whyNot !== undefined && { whyNot }),
    accessKeyId,
    source,
    isTemporary,
    ...(expiration !== undefined && {
      expiresAt: expiration,
      secondsLeft: secondsUntil(expiration, now),
    }),
    ...(signInEnds !== undefined && { signInEnds }),
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    region,
    ...(profile !== undefined && { profile }),
  };
}

function partsOf({ accountId, arn, userId }: NonNullable<ObservedIdentity["identity"]>) {
  const [, role, session] = /:assumed-role\/([^/]+)\/(.+)$/.exec(arn) ?? [];
  const permissionSet = /^AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(role ?? "")?.[1];
  const user = /:user\/(?:.*\/)?([^/]+)$/.exec(arn)?.[1];
  const partition = partitionOfArn(arn);
  return {
    accountId,
    arn,
    userId,
    ...(partition !== undefined && { partition }),
    ...(role !== undefined && { role }),
    ...(permissionSet !== undefined && { permissionSet }),
    ...(session !== undefined && { sessionName: session }),
    ...(user !== undefined && { user }),
  };
}

function secondsUntil(date: Date, now: Date): number {
  return Math.floor((date.getTime() - now.getTime()) / 1000);
}

export function callerText(observed: ObservedIdentity, now: Date): string {
  const { identity, whyNot, accessKeyId, source, endpointUrl, region } = observed;
  const parts = identity === undefined ? undefined : partsOf(identity);
  const rows: (readonly [string, string | undefined])[] = [
    ["caller", whyNot === undefined ? undefined : `not known: ${whyNot}`],
    ["account", parts?.accountId],
    ["user", parts?.user],
    ["role", parts?.role],
    ["permission set", parts?.permissionSet],
    ["session", parts?.sessionName],
    ["ARN", parts?.arn],
    ["partition", parts?.partition],
    ["keys", `${accessKeyId} from ${source}`],
    ["keys end", endText(observed, now)],
    ["sign-in ends", observed.signInEnds && untilText(observed.signInEnds, now)],
    ["endpoint", endpointUrl ?? "AWS"],
    ["region", region],
  ];
  return formatTable(
    rows.flatMap(([name, value]) => (value === undefined ? [] : [[name, printable(value)]])),
  );
}

function endText({ expiration, isTemporary }: ObservedIdentity, now: Date): string {
  if (expiration !== undefined) return untilText(expiration, now);
  return isTemporary ? "not told by what gave them" : "never by themselves";
}

export function untilText(end: Date, now: Date): string {
  const seconds = secondsUntil(end, now);
  if (seconds <= 0) return `${formatTime(end)} UTC, which is over`;
  return `in ${formatDuration(seconds)}, ${formatTime(end)} UTC`;
}
