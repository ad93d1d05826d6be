import type { LifecycleRule } from "../../core/bucket-settings.ts";
import { childrenNamed } from "../xml/parse.ts";
import type { XmlElement } from "../xml/parse.ts";
import { element, optionalElement } from "../xml/render.ts";
import type { XmlNode } from "../xml/render.ts";
import { assertChildren, malformed, onlyChild, onlyText } from "./read-element.ts";
import { readBoolean, readInteger, required } from "./read-element.ts";

export type LifecycleActions = Pick<
  LifecycleRule,
  | "Expiration"
  | "NoncurrentVersionExpiration"
  | "AbortIncompleteMultipartUpload"
  | "Transitions"
  | "NoncurrentVersionTransitions"
>;

type Expiration = NonNullable<LifecycleRule["Expiration"]>;
type NoncurrentExpiration = NonNullable<LifecycleRule["NoncurrentVersionExpiration"]>;
type Transition = NonNullable<LifecycleRule["Transitions"]>[number];
type NoncurrentTransition = NonNullable<LifecycleRule["NoncurrentVersionTransitions"]>[number];

/** What a rule does; days are not yet judged. */
export function parseLifecycleActions(rule: XmlElement): LifecycleActions {
  const expiration = onlyChild(rule, "Expiration");
  const noncurrent = onlyChild(rule, "NoncurrentVersionExpiration");
  const abort = onlyChild(rule, "AbortIncompleteMultipartUpload");
  const transitions = childrenNamed(rule, "Transition").map(parseTransition);
  const noncurrentTransitions = childrenNamed(rule, "NoncurrentVersionTransition").map(
    parseNoncurrentTransition,
  );
  return {
    ...(expiration !== undefined && { Expiration: parseExpiration(expiration) }),
    ...(noncurrent !== undefined && {
      NoncurrentVersionExpiration: parseNoncurrentExpiration(noncurrent),
    }),
    ...(abort !== undefined && { AbortIncompleteMultipartUpload: parseAbort(abort) }),
    ...(transitions.length > 0 && { Transitions: transitions }),
    ...(noncurrentTransitions.length > 0 && {
      NoncurrentVersionTransitions: noncurrentTransitions,
    }),
  };
}

export function renderLifecycleActions(rule: LifecycleActions): XmlNode[] {
  const { Expiration: expiration, NoncurrentVersionExpiration: noncurrent } = rule;
  const abort = rule.AbortIncompleteMultipartUpload;
  return [
    ...(rule.Transitions ?? []).map((transition) =>
      element(
        "Transition",
        optionalElement("Days", transition.Days),
        optionalElement("Date", transition.Date),
        element("StorageClass", transition.StorageClass),
      ),
    ),
    expiration && renderExpiration(expiration),
    ...(rule.NoncurrentVersionTransitions ?? []).map((transition) =>
      element(
        "NoncurrentVersionTransition",
        ...renderNoncurrent(transition),
        element("StorageClass", transition.StorageClass),
      ),
    ),
    noncurrent && element("NoncurrentVersionExpiration", ...renderNoncurrent(noncurrent)),
    abort &&
      element(
        "AbortIncompleteMultipartUpload",
        element("DaysAfterInitiation", abort.DaysAfterInitiation),
      ),
  ].filter((node) => node !== undefined);
}

function parseExpiration(expiration: XmlElement): Expiration {
  assertChildren(expiration, ["Days", "Date", "ExpiredObjectDeleteMarker"]);
  const marker = readBoolean(expiration, "ExpiredObjectDeleteMarker");
  return {
    ...parseWhen(expiration),
    ...(marker !== undefined && { ExpiredObjectDeleteMarker: marker }),
  };
}

function renderExpiration(expiration: Expiration): XmlNode {
  return element(
    "Expiration",
    optionalElement("Days", expiration.Days),
    optionalElement("Date", expiration.Date),
    optionalElement("ExpiredObjectDeleteMarker", expiration.ExpiredObjectDeleteMarker),
  );
}

const noncurrentNames = ["NoncurrentDays", "NewerNoncurrentVersions"];

function parseNoncurrentExpiration(expiration: XmlElement): NoncurrentExpiration {
  assertChildren(expiration, noncurrentNames);
  return parseNoncurrent(expiration);
}

function parseNoncurrent(parent: XmlElement): NoncurrentExpiration {
  const days = readInteger(parent, "NoncurrentDays");
  const kept = readInteger(parent, "NewerNoncurrentVersions");
  return {
    ...(days !== undefined && { NoncurrentDays: days }),
    ...(kept !== undefined && { NewerNoncurrentVersions: kept }),
  };
}

function renderNoncurrent(value: NoncurrentExpiration): (XmlNode | undefined)[] {
  return [
    optionalElement("NoncurrentDays", value.NoncurrentDays),
    optionalElement("NewerNoncurrentVersions", value.NewerNoncurrentVersions),
  ];
}

function parseAbort(
  abort: XmlElement,
): NonNullable<LifecycleRule["AbortIncompleteMultipartUpload"]> {
  assertChildren(abort, ["DaysAfterInitiation"]);
  return { DaysAfterInitiation: required(readInteger(abort, "DaysAfterInitiation")) };
}

function parseTransition(transition: XmlElement): Transition {
  assertChildren(transition, ["Days", "Date", "StorageClass"]);
  return { ...parseWhen(transition), StorageClass: storageClassOf(transition) };
}

function parseNoncurrentTransition(transition: XmlElement): NoncurrentTransition {
  assertChildren(transition, [...noncurrentNames, "StorageClass"]);
  return { ...parseNoncurrent(transition), StorageClass: storageClassOf(transition) };
}

function storageClassOf(transition: XmlElement): string {
  return required(onlyText(transition, "StorageClass")).trim();
}

function parseWhen(parent: XmlElement): Pick<Expiration, "Days" | "Date"> {
  const days = readInteger(parent, "Days");
  const date = onlyText(parent, "Date");
  return {
    ...(days !== undefined && { Days: days }),
    ...(date !== undefined && { Date: readDate(date) }),
  };
}

const isoDate = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?)?$/;

/** As S3 gives it back: UTC with milliseconds. A time without a zone is UTC, not the server's. */
function readDate(text: string): string {
  const match = isoDate.exec(text.trim());
  if (match === null) throw malformed();
  const [whole, time, zone] = match;
  const date = new Date(time !== undefined && zone === undefined ? `${whole}Z` : whole);
  if (Number.isNaN(date.getTime())) throw malformed();
  return date.toISOString();
}
