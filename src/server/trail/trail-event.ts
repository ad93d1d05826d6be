import { randomUUID } from "node:crypto";
import type { Caller } from "../caller.ts";
import type { HttpExchange } from "../http-exchange.ts";
import type { ServerIdentity } from "../operation.ts";
import type { RequestTrace } from "../request-trace.ts";
import { tlsOf } from "../logs/tls-of.ts";
import type { CallFacts, JsonObject } from "./call-facts.ts";
import { s3Calls } from "./s3-call.ts";
import type { SelectableEvent } from "./select-events.ts";
import { serviceCall } from "./service-call.ts";
import { userIdentity, userName, wholeSeconds } from "./user-identity.ts";

/** An event of one account. */
export interface TrailEvent extends SelectableEvent {
  readonly accountId: string;
  readonly eventId: string;
  readonly time: Date;
  readonly region: string;
  readonly isGlobal: boolean;
  readonly userName: string | undefined;
  readonly accessKeyId: string | undefined;
  readonly resources: CallFacts["resources"];
  /** As it is written. */
  readonly record: JsonObject;
}

/**
 * What a request was, for each account that it concerns: the caller's, and the one that owns what was
 * asked for. None for requests whose signature is not good. Source: CloudTrail User Guide, "CloudTrail
 * record contents for management, data, and network activity events".
 */
export function eventsOf(
  trace: RequestTrace,
  exchange: HttpExchange,
  server: ServerIdentity,
): readonly TrailEvent[] {
  if (trace.caller === undefined || trace.understood === undefined) return [];
  const { service } = trace.understood;
  if (service === undefined) {
    if (trace.understood.operation === undefined) return [];
    return s3Calls(trace, exchange, server).flatMap((call) => ofAccounts(call, trace, exchange));
  }
  const call = serviceCall(service, trace, server);
  return call === undefined ? [] : ofAccounts(call, trace, exchange);
}

function ofAccounts(
  call: CallFacts,
  trace: RequestTrace,
  exchange: HttpExchange,
): readonly TrailEvent[] {
  const { caller } = trace;
  const accounts = new Set<string>();
  if (caller !== undefined && caller.kind !== "anonymous") accounts.add(caller.accountId);
  if (call.ownerAccountId !== undefined) accounts.add(call.ownerAccountId);
  const sharedEventID = accounts.size > 1 ? randomUUID() : undefined;
  return Array.from(accounts, (accountId) =>
    ofAccount(call, trace, exchange, { accountId, sharedEventID }),
  );
}

function ofAccount(
  call: CallFacts,
  trace: RequestTrace,
  exchange: HttpExchange,
  recipient: { readonly accountId: string; readonly sharedEventID: string | undefined },
): TrailEvent {
  const { accountId, sharedEventID } = recipient;
  const { caller = { kind: "anonymous" } } = trace;
  const { category, readOnly, eventSource, eventName, error, resources, region, isGlobal } = call;
  const eventId = randomUUID();
  const record: JsonObject = {
    eventVersion: "1.11",
    userIdentity: userIdentity(caller, accountId),
    eventTime: wholeSeconds(trace.time),
    eventSource,
    eventName,
    awsRegion: region,
    sourceIPAddress: trace.address ?? "",
    userAgent: call.userAgent ?? "",
    ...(error !== undefined && { errorCode: error.code, errorMessage: error.message }),
    requestParameters: call.requestParameters,
    responseElements: call.responseElements,
    ...(call.additionalEventData && { additionalEventData: call.additionalEventData }),
    requestID: trace.requestId,
    eventID: eventId,
    readOnly,
    ...(resources.length > 0 && { resources: resources.map((one) => ({ ...one })) }),
    eventType: "AwsApiCall",
    managementEvent: category === "Management",
    recipientAccountId: accountId,
    ...(sharedEventID !== undefined && { sharedEventID }),
    eventCategory: category,
    tlsDetails: tlsDetails(trace, exchange),
  };
  return {
    accountId,
    eventId,
    time: trace.time,
    region,
    isGlobal,
    category,
    readOnly,
    eventSource,
    eventName,
    errorCode: error?.code,
    ...namesOf(caller, accountId),
    ...selectableResource(call),
    resources,
    record,
  };
}

/** Other accounts are told none, as in `userIdentity`. */
function namesOf(caller: Caller, accountId: string) {
  if (caller.kind === "anonymous" || caller.accountId !== accountId) {
    return { userArn: undefined, userName: undefined, accessKeyId: undefined };
  }
  const { accessKeyId, arn } = caller;
  return { userArn: arn, userName: userName(caller), accessKeyId };
}

function selectableResource({ category, resources: [first] }: CallFacts) {
  return {
    resourceType: category === "Data" ? first?.type : undefined,
    resourceArn: first?.ARN ?? first?.ARNPrefix,
  };
}

function tlsDetails({ understood }: RequestTrace, exchange: HttpExchange): JsonObject {
  const { protocol, cipherSuite } = tlsOf(exchange);
  const host = understood?.headers.get("host");
  return {
    ...(protocol !== undefined && { tlsVersion: protocol }),
    ...(cipherSuite !== undefined && { cipherSuite }),
    ...(host !== undefined && { clientProvidedHostHeader: host }),
  };
}
