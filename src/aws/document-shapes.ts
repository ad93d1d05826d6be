import { StorageError } from "../core/errors.ts";

/** The names that a settings document may hold, as properties here and as elements on the wire. */
export interface DocumentShape {
  /** In words, for messages. */
  readonly title: string;
  readonly root: string;
  readonly properties: ReadonlySet<string>;
  readonly elements: ReadonlySet<string>;
}

const lifecycleNames = [
  "ID",
  "Status",
  "Filter",
  "Prefix",
  "Tag",
  "Key",
  "Value",
  "And",
  "ObjectSizeGreaterThan",
  "ObjectSizeLessThan",
  "Expiration",
  "Days",
  "Date",
  "ExpiredObjectDeleteMarker",
  "NoncurrentVersionExpiration",
  "NoncurrentDays",
  "NewerNoncurrentVersions",
  "AbortIncompleteMultipartUpload",
  "DaysAfterInitiation",
  "StorageClass",
];

const encryptionNames = [
  "ApplyServerSideEncryptionByDefault",
  "SSEAlgorithm",
  "KMSMasterKeyID",
  "BucketKeyEnabled",
  "BlockedEncryptionTypes",
  "EncryptionType",
];

/** Source: S3 API reference, PutBucketLifecycleConfiguration, 2026-08. */
export const lifecycleShape: DocumentShape = {
  title: "lifecycle",
  root: "LifecycleConfiguration",
  properties: new Set([
    ...lifecycleNames,
    "Rules",
    "Tags",
    "Transitions",
    "NoncurrentVersionTransitions",
    "TransitionDefaultMinimumObjectSize",
  ]),
  elements: new Set([
    ...lifecycleNames,
    "LifecycleConfiguration",
    "Rule",
    "Transition",
    "NoncurrentVersionTransition",
  ]),
};

/** Source: S3 API reference, PutBucketEncryption, 2026-08. */
export const encryptionShape: DocumentShape = {
  title: "encryption",
  root: "ServerSideEncryptionConfiguration",
  properties: new Set([...encryptionNames, "Rules"]),
  elements: new Set([...encryptionNames, "ServerSideEncryptionConfiguration", "Rule"]),
};

/**
 * Refuses properties that the SDK does not know: it would leave them out of the request without a
 * word, as it does with the guide's `Id`. Throws InvalidArgument that names the place.
 */
export function assertKnownProperties(value: unknown, shape: DocumentShape): void {
  walk(value, shape, shape.title);
}

function walk(value: unknown, shape: DocumentShape, path: string): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, shape, `${path}[${index}]`);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    if (!shape.properties.has(name)) throw unknownProperty(name, shape, path);
    walk(inner, shape, `${path}.${name}`);
  }
}

function unknownProperty(name: string, shape: DocumentShape, path: string): StorageError {
  const meant = [...shape.properties].find((known) => known.toLowerCase() === name.toLowerCase());
  return new StorageError("InvalidArgument", `S3 knows no ${name} in ${path}.`, {
    remedy: meant === undefined ? `Remove ${name}.` : `Write ${meant}.`,
  });
}

/** Elements of an answer that are not in the shape, in order of appearance. */
export function unknownElements(xml: string, shape: DocumentShape): readonly string[] {
  const found = [...xml.matchAll(/<([A-Za-z][\w.-]*)/g)].map(([, name = ""]) => name);
  return [...new Set(found)].filter((name) => !shape.elements.has(name));
}

/** Name of the document's element; undefined for what is no XML. */
export function rootElement(xml: string): string | undefined {
  return /^\s*(?:<\?xml[^>]*\?>)?\s*<(?:[\w.-]+:)?([A-Za-z][\w.-]*)/.exec(xml)?.[1];
}
