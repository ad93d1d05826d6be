import { isAwsHost } from "../../core/partition.ts";

/** Where an error's text says that it happened; what it does not say is left out. */
export interface PlaceInText {
  /** The bucket that it names; of several none, since it is not told which is meant. */
  readonly bucket?: string;
  readonly key?: string;
  /** All buckets that it names in any way. */
  readonly buckets: readonly string[];
  /** `https://host:port` of a store other than AWS. */
  readonly endpointUrl?: string;
  readonly isAws: boolean;
  /** Host and port of any store. */
  readonly host?: string;
  readonly region?: string;
  readonly profile?: string;
}

interface Named {
  readonly bucket: string;
  readonly key?: string | undefined;
}

const quote = `["'\`]`;
const name = "[A-Za-z0-9][A-Za-z0-9._-]{0,254}";

/** What a service says of itself, in XML and in what clients make of it. */
const fields: readonly RegExp[] = [
  new RegExp(`<(?:BucketName|Bucket)>(${name})</`, "g"),
  new RegExp(`\\b(?:BucketName|Bucket)${quote}?[:=] ?${quote}?(${name})`, "g"),
];

const words: readonly RegExp[] = [
  new RegExp(`\\b[Bb]ucket(?: name)?:? ${quote}(${name})${quote}`, "g"),
  // This program's own: `PutObject of BUCKET/KEY: ...`
  new RegExp(`\\b[A-Z]\\w{2,40} of (${name})(?:/([^:\\n]{1,1024}))?: `, "g"),
  // s3fs of Python names the object alone.
  new RegExp(`\\bFileNotFoundError: (${name})/([^\\s"']{1,1024})`, "g"),
];

const addresses = /\bs3[an]?:\/\/([A-Za-z0-9][A-Za-z0-9._-]{0,254})(?:\/([^\s"'`<>]{0,1024}))?/g;
const arns =
  /\barn:aws[\w-]{0,20}:s3:::([A-Za-z0-9][A-Za-z0-9._-]{0,254})(?:\/([^\s"'`<>]{0,1024}))?/g;
const urls =
  /\b(https?):\/\/([A-Za-z0-9._-]{1,255}(?::\d{1,5})?|\[[\da-f:]{2,45}\](?::\d{1,5})?)((?:\/[^\s"'`<>()?#,;]{0,1024})?)/gi;

/** Looks for bucket, key, endpoint, region and profile in what some tool printed. Linear in the text. */
export function placeInText(given: string): PlaceInText {
  const text = given.slice(0, longestText);
  const stores = storesIn(text);
  const resource = /<Resource>\/([^<]{1,1300})<\/Resource>/.exec(text)?.[1];
  const sources: readonly (readonly Named[])[] = [
    fields.flatMap((pattern) => namedBy(pattern, text)),
    resource === undefined ? [] : namedIn(resource),
    namedBy(arns, text),
    stores.flatMap(({ named }) => named),
    namedBy(addresses, text),
    words.flatMap((pattern) => namedBy(pattern, text)),
  ];
  const all = sources.flat();
  const bucket = onlyOne(sources.find((named) => named.length > 0) ?? []);
  const profile = profileIn(text);
  return {
    buckets: [...new Set(all.map((each) => each.bucket))],
    ...(bucket !== undefined && { bucket, ...keyPart(text, all, bucket) }),
    ...storePart(stores[0]),
    ...(profile !== undefined && { profile }),
  };
}

function keyPart(text: string, all: readonly Named[], bucket: string): Pick<PlaceInText, "key"> {
  const keys = all.flatMap((each) => (each.bucket === bucket ? [each.key ?? ""] : []));
  const key = keyIn(text) ?? keys.find((each) => each !== "");
  return key === undefined ? {} : { key };
}

function storePart(store: Store | undefined) {
  if (store === undefined) return { isAws: false };
  const { host, isAws, origin, region } = store;
  return {
    host,
    isAws,
    ...(!isAws && { endpointUrl: origin }),
    ...(region !== undefined && { region }),
  };
}

const longestText = 20_000;

function onlyOne(named: readonly Named[]): string | undefined {
  const [first, ...others] = new Set(named.map(({ bucket }) => bucket));
  return others.length === 0 ? first : undefined;
}

function namedBy(pattern: RegExp, text: string): Named[] {
  return [...text.matchAll(pattern)].flatMap(([, bucket = "", key]) => {
    const whole = bucket.replace(/[._-]+$/, "");
    return whole === "" ? [] : [{ bucket: whole, key: key?.replace(/[:.,;)\]]+$/, "") }];
  });
}

/** `BUCKET/KEY` */
function namedIn(path: string): Named[] {
  const [bucket = "", ...rest] = path.split("/");
  return bucketName.test(bucket) ? [{ bucket, key: rest.join("/") }] : [];
}

const bucketName = /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/;

interface Store {
  readonly origin: string;
  readonly host: string;
  readonly isAws: boolean;
  readonly region: string | undefined;
  readonly named: readonly Named[];
}

/** Hosts of AWS that are S3's, with the bucket before. */
const hostOfS3 =
  /^(?:(.+)\.)?s3(?:[.-](?:dualstack\.)?([a-z]{2,4}(?:-[a-z]+)+-\d))?\.amazonaws\.(?:com(?:\.cn)?|eu)$/;

function storesIn(text: string): readonly Store[] {
  return [...text.matchAll(urls)].flatMap(
    ({ 1: scheme = "", 2: host = "", 3: path = "", index }): Store[] => {
      const before = text.slice(Math.max(0, index - 60), index);
      if (noStore.test(host) || noStoreBefore.test(before)) return [];
      const origin = `${scheme}://${host}`;
      const rest = safeDecode(path.slice(1).replace(/[:.]+$/, ""));
      if (!isAwsHost(host))
        return [{ origin, host, isAws: false, region: undefined, named: namedIn(rest) }];
      const [whole, bucket, region] = hostOfS3.exec(host.toLowerCase()) ?? [];
      if (whole === undefined || rest.startsWith("doc/2006-03-01")) return [];
      const named = bucket === undefined ? namedIn(rest) : [{ bucket, key: rest }];
      return [{ origin, host, isAws: true, region, named }];
    },
  );
}

/** Portals of sign-in, documentation and names of XML. */
const noStore =
  /(?:^|\.)(?:awsapps\.com|aws\.amazon\.com|github\.com|w3\.org|readthedocs\.io|python\.org)$/i;
const noStoreBefore = /proxy URL: ?["']?$|xmlns(?::\w+)?=["']$|(?:see|visit|at|details):? $/i;

function safeDecode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function keyIn(text: string): string | undefined {
  return (
    /<Key>([^<]{1,1024})<\/Key>/.exec(text)?.[1] ??
    /\b[Kk]ey(?:["']?:)? ["']([^"'\n]{1,1024})["']/.exec(text)?.[1]
  );
}

/** The session of botocore's SSO is commonly called as its profile is. */
function profileIn(text: string): string | undefined {
  return (
    /\bToken for ([\w.@-]{1,64}) does not exist/.exec(text)?.[1] ??
    /[Pp]rofile \(([\w.@-]{1,64})\)/.exec(text)?.[1] ??
    /[Pp]rofile ["']?([\w.@-]{1,64})["']? (?:was not found|is incomplete|yields|could not)/.exec(
      text,
    )?.[1] ??
    /--profile[ =]([\w.@-]{1,64})/.exec(text)?.[1]
  );
}
