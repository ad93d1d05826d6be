import { shellWord } from "../../core/shell-word.ts";
import { partitionOfRegion } from "../../core/partition.ts";
import { lastingPrincipal } from "../../policy/lasting-principal.ts";
import type { DoctorFacts } from "./doctor-facts.ts";
import type { Symptom } from "./symptom.ts";

const place = /\{([a-zA-Z]+)\}/g;

/** The values of the places in a remedy's texts; one that is not known stands as its name in capitals. */
export type Places = ReadonlyMap<string, string>;

export function placesOf(facts: DoctorFacts, symptom: Symptom): Places {
  const found: Readonly<Record<string, string | undefined>> = {
    ...placesOfStore(facts, symptom),
    ...placesOfCaller(facts, symptom),
    ...placesOfKey(facts, symptom),
  };
  const known = Object.entries(found).flatMap(([name, value]): [string, string][] =>
    value === undefined || value === "" ? [] : [[name, value]],
  );
  return new Map(known);
}

function placesOfStore(facts: DoctorFacts, { details, key }: Symptom) {
  const { bucket, region, regionSource = "the settings", endpointUrl, host, dotenv } = facts;
  const ofAws = region === "" ? undefined : `https://s3.${region}.${dnsSuffix(facts)}`;
  return {
    bucket,
    region,
    regionSource,
    host,
    key,
    bucketRegion: details["Region"] ?? facts.bucketRegion,
    endpoint: endpointUrl ?? ofAws,
    partition: facts.partition,
    dnsSuffix: dnsSuffix(facts),
    dotenv: dotenv?.path ?? ".env",
  };
}

function placesOfCaller(facts: DoctorFacts, { denial }: Symptom) {
  const { caller, profile, expectedAccount, expectedOwner } = facts;
  const principal = denial?.principal ?? caller?.arn;
  return {
    principal,
    role: roleOf(principal),
    ...nameOf(principal),
    callerAccount: caller?.accountId ?? principal?.split(":")[4],
    account: expectedAccount ?? caller?.accountId,
    owner: expectedOwner,
    profile: profile ?? "default",
    ...placesOfDenial(denial),
  };
}

/** Of an object all of its bucket: a grant on the one that was tried would help no other. */
function placesOfDenial(denial: Symptom["denial"]) {
  if (denial === undefined) return {};
  const { action, resource } = denial;
  return { action, resource: resource?.replace(/^(arn:[\w-]+:s3:::[^/]+)\/.*$/s, "$1/*") };
}

function placesOfKey({ keyState, kmsKey }: DoctorFacts, { denial, message }: Symptom) {
  return {
    kmsKey: kmsArn(denial?.resource) ?? keyState?.arn ?? kmsKey ?? namedKey(message),
  };
}

function dnsSuffix({ region }: DoctorFacts): string {
  return partitionOfRegion(region).dnsSuffix;
}

function kmsArn(resource: string | undefined): string | undefined {
  return resource?.startsWith("arn:") === true && resource.split(":")[2] === "kms"
    ? resource
    : undefined;
}

function namedKey(message: string): string | undefined {
  return /arn:[\w-]+:kms:[\w-]+:\d{12}:(?:key|alias)\/[\w/-]+/.exec(message)?.[0];
}

/** `arn:aws:sts::1:assumed-role/NAME/session` is a session of the role NAME; of a user its name. */
function roleOf(principal: string | undefined): string | undefined {
  const session = /:assumed-role\/([^/]+)\//.exec(principal ?? "")?.[1];
  return session ?? /:(?:role|user)\/(?:.*\/)?([^/]+)$/.exec(principal ?? "")?.[1];
}

/** For commands of IAM. The roles that SSO makes are changed by their permission set alone. */
function nameOf(principal = "") {
  const name = roleOf(principal);
  if (/^arn:[\w-]+:iam::\d{12}:user\//.test(principal)) return { userName: name };
  return name?.startsWith("AWSReservedSSO_") === true ? {} : { roleName: name };
}

export function fillText(text: string, places: Places): string {
  return text.replace(place, (_, name: string) => places.get(name) ?? placeName(name));
}

/** Values are whoever's: none may end its word. */
export function fillCommand(line: string, places: Places): string {
  return line.replace(place, (_, name: string) => {
    const value = places.get(name);
    return value === undefined ? placeName(name) : shellWord(value);
  });
}

/** Commands for the kind of caller and host that it is; of a caller that is not known, all. */
export function fittingCommands(all: readonly string[], places: Places): readonly string[] {
  const isHere = /^(?:localhost|127\.[\d.]+|\[::1\])(?::\d+)?$/i.test(places.get("host") ?? "");
  // No proxy leads to this machine itself.
  const lines = isHere ? all.filter((line) => !line.includes("PROXY")) : all;
  if (!places.has("principal")) return lines;
  const kinds = ["{roleName}", "{userName}"].filter((kind) => !places.has(kind.slice(1, -1)));
  return lines.filter((line) => !kinds.some((kind) => line.includes(kind)));
}

/** All texts within a statement. */
export function fillValue(value: unknown, places: Places): unknown {
  if (typeof value === "string") return fillText(value, places);
  if (Array.isArray(value)) return value.map((each: unknown) => fillValue(each, places));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, fillValue(each, places)]),
  );
}

/** A statement, its places filled in. `"{principal}"` as its principal: whoever asks, for good. */
export function fillStatement(statement: unknown, places: Places): unknown {
  const filled = fillValue(statement, places);
  const arn = places.get("principal");
  if (arn === undefined || !isForCaller(statement)) return filled;
  const { Condition = {}, ...named } = filled as { readonly Condition?: object };
  const { Principal, Condition: more } = lastingPrincipal(arn);
  const conditions = { ...Condition, ...more };
  const hasConditions = Object.keys(conditions).length > 0;
  return { ...named, Principal, ...(hasConditions && { Condition: conditions }) };
}

function isForCaller(statement: unknown): boolean {
  const { Principal } = statement as { readonly Principal?: { readonly AWS?: unknown } };
  return Principal?.AWS === "{principal}";
}

/** `bucketRegion` -> `BUCKET_REGION` */
function placeName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}
