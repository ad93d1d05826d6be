import type { Tag } from "../core/bucket-settings.ts";
import { actionsWithKey } from "./condition-keys.ts";
import { type ContextLookup, type Principal, principalValue } from "./request.ts";

/** What a request that nobody has made yet would carry. */
export interface RequestContext {
  readonly lookup: ContextLookup;
  /** Whether the request may carry the key and its value is not known. */
  readonly isOpenKey: (key: string) => boolean;
  /** What was taken for granted of a key: its value, or undefined that it is not sent. */
  readonly assumption: (key: string) => { readonly value: string | undefined } | undefined;
}

export interface ContextFacts {
  readonly principal: Principal;
  /** Whether its ARN is whole, which `aws:PrincipalArn` compares. */
  readonly isPathKnown: boolean;
  /** Undefined: they could not be seen. */
  readonly tags: readonly Tag[] | undefined;
  /** By the user, in lower case. */
  readonly given: ReadonlyMap<string, string>;
  /** That follow from the question itself, in lower case. */
  readonly known: ReadonlyMap<string, string>;
  readonly now: Date;
}

/** An ordinary request: over TLS, signed in its headers, through no endpoint, by no service. */
const usual: ReadonlyMap<string, string> = new Map([
  ["aws:securetransport", "true"],
  ["aws:principalisawsservice", "false"],
  ["aws:viaawsservice", "false"],
  ["s3:authtype", "REST-HEADER"],
  ["s3:signatureversion", "AWS4-HMAC-SHA256"],
]);

/** Not sent by an ordinary request. */
const seldom: ReadonlySet<string> = new Set([
  "aws:sourcevpc",
  "aws:sourcevpce",
  "aws:vpcsourceip",
  "aws:vpceaccount",
  "aws:vpceorgid",
  "aws:vpceorgpaths",
  "aws:calledvia",
  "aws:calledviafirst",
  "aws:calledvialast",
  "aws:sourcearn",
  "aws:sourceaccount",
  "aws:sourceowner",
  "aws:sourceorgid",
  "aws:principalservicename",
  "aws:principalservicenameslist",
  "s3:dataaccesspointarn",
  "s3:dataaccesspointaccount",
  "s3:accesspointnetworkorigin",
]);

/** Of S3's own keys these hang on what is stored, or on the connection. */
const ofStore =
  /^s3:(?:existingobjecttag\/|buckettag\/|accesspointtag\/|tlsversion$|signatureage$|resourceaccount$)/;

export function requestContext(facts: ContextFacts): RequestContext {
  const { principal, isPathKnown, given, known, now } = facts;
  const times = new Map([
    ["aws:currenttime", now.toISOString()],
    ["aws:epochtime", String(Math.floor(now.getTime() / 1000))],
  ]);
  const lookup: ContextLookup = (key) => {
    const value = given.get(key) ?? known.get(key) ?? times.get(key) ?? usual.get(key);
    return value === undefined ? undefined : [value];
  };
  const assumption: RequestContext["assumption"] = (key) => {
    if (given.has(key) || known.has(key)) return undefined;
    const value = usual.get(key);
    if (value !== undefined) return { value };
    return isNotSent(key) ? { value: undefined } : undefined;
  };
  return {
    lookup,
    assumption,
    isOpenKey: (key) =>
      lookup(key) === undefined &&
      assumption(key) === undefined &&
      (principalValue(principal, key) === undefined ||
        (key === "aws:principalarn" && !isPathKnown)) &&
      !isKnownAbsent(key, facts),
  };
}

/** Headers and parameters of S3 that nobody said are sent. */
function isNotSent(key: string): boolean {
  if (seldom.has(key)) return true;
  return key.startsWith("s3:") && !ofStore.test(key) && actionsWithKey(key) !== undefined;
}

/** Keys that such a caller never has. */
function isKnownAbsent(key: string, { principal, tags }: ContextFacts): boolean {
  const isPrincipals =
    /^aws:(?:principal|userid$|username$|federatedprovider$|multifactorauth|tokenissuetime$|source(?:identity)$)/;
  if (principal.kind === "anonymous") return isPrincipals.test(key);
  if (key === "aws:username") return principal.kind !== "user";
  // Sessions may bring tags of their own.
  if (key.startsWith("aws:principaltag/")) return principal.kind === "user" && tags !== undefined;
  return principal.kind === "user" && /^aws:(?:tokenissuetime|federatedprovider)$/.test(key);
}
