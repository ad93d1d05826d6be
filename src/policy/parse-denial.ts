import { policyLimits } from "../core/policy-limits.ts";
import { maskAccessKey } from "../core/mask-secrets.ts";
import type { LayerName } from "./access-layers.ts";
import { layerWords } from "./denial-message.ts";

/** Why AWS said no, as far as its text tells. */
export type DenialCause =
  | "explicit-deny"
  | "no-allow"
  /** KMS to strangers: there is no such key, or its policy allows nothing, or it denies. */
  | "absent-or-resource-policy"
  | "public-policy-blocked"
  | "public-acl-blocked"
  /** RestrictPublicBuckets: a public policy serves its own account alone. */
  | "public-bucket-restricted"
  | "customer-keys-blocked"
  | "object-locked"
  /** A presigned link whose time is over, or has not begun. */
  | "link-ended"
  | "link-not-begun"
  /** A bare refusal, as callers of other organisations get it. */
  | "not-told";

/** What stands in a text of AccessDenied. */
export interface ParsedDenial {
  readonly cause: DenialCause;
  /** Where the Deny stands or the Allow is missing; `trust`: who may assume a role. */
  readonly layer?: LayerName | "trust";
  /** The caller's ARN. */
  readonly principal?: string;
  /** `s3:PutObject` */
  readonly action?: string;
  /** ARN; without it the text named none. */
  readonly resource?: string;
  /** The policy that decided, where AWS names it. */
  readonly policyArn?: string;
  /** Masked; who owns the refused call finds the whole of it in the text. */
  readonly authorizationId?: string;
}

/**
 * Reads a text of AccessDenied: of S3, KMS, STS or IAM, alone or within what a tool printed around it.
 * Undefined: it is none. Linear in the text, of which `policyLimits.denialText` characters count.
 * Sources: IAM User Guide and S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors".
 */
export function parseDenial(text: string): ParsedDenial | undefined {
  const whole = withoutEntities(text.slice(0, policyLimits.denialText));
  const parsed = readSentence(whole);
  if (parsed !== undefined && parsed.cause !== "not-told") return parsed;
  // A terminal breaks long lines.
  const unbroken = whole.includes("\n") ? linesOf(whole).join(" ") : whole;
  return (unbroken === whole ? undefined : readSentence(unbroken)) ?? parsed ?? readBare(whole);
}

const authorizationId = /authorization id:?\s+([\w+/=.-]+)/i;

function mask(id: string): string {
  let end = id.length;
  while (".,;".includes(id.charAt(end - 1)) && end > 0) end -= 1;
  return maskAccessKey(id.slice(0, end));
}

function linesOf(text: string): string[] {
  return text.split("\n").map((line) => line.trim());
}

const entities: ReadonlyMap<string, string> = new Map([
  ["&quot;", '"'],
  ["&#34;", '"'],
  ["&apos;", "'"],
  ["&#39;", "'"],
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&amp;", "&"],
]);

/** Of an answer in XML the text is written with entities. */
function withoutEntities(text: string): string {
  const message = /<Message>([^<]*)<\/Message>/.exec(text)?.[1];
  return message?.replace(/&[a-z#0-9]+;/g, (entity) => entities.get(entity) ?? entity) ?? text;
}

const unauthorized = " is not authorized to perform: ";

/** `User: ARN is not authorized to perform: ACTION on resource: "ARN" REASON` */
function readSentence(text: string): ParsedDenial | undefined {
  const at = text.indexOf(unauthorized);
  if (at === -1) return undefined;
  const principal = /arn:[^\s"']+$|\banonymous$/i.exec(text.slice(Math.max(0, at - 2100), at))?.[0];
  const after = text.slice(at + unauthorized.length);
  const action = /^[\w-]+:\w+/.exec(after)?.[0];
  const rest = after.slice(action?.length ?? 0);
  const { resource, reason } = splitResource(rest);
  return {
    ...causeOf(reason),
    ...(principal?.startsWith("arn:") === true && { principal }),
    ...(action !== undefined && { action }),
    ...(resource !== undefined && { resource }),
    ...trailOf(reason),
  };
}

const beforeResource = /^ on (?:this resource|(?:the )?resource(?: with the ARN)?):? ?/;
const beforeReason = [" because ", " with an explicit deny"];

/** The resource may hold anything, also what looks like a reason: the last reason is AWS's. */
function splitResource(rest: string): { resource?: string; reason: string } {
  const start = beforeResource.exec(rest)?.[0];
  if (start === undefined) return { reason: rest };
  const text = rest.slice(start.length);
  const isQuoted = text.startsWith('"');
  if (!isQuoted && !text.startsWith("arn:")) return { reason: ` ${text}` };
  const open = isQuoted ? 1 : 0;
  const ends = beforeReason.map((words) => text.lastIndexOf(isQuoted ? `"${words}` : words));
  const found = Math.max(...ends);
  const closing = isQuoted ? text.indexOf('"', 1) : text.search(/[\s,]|\.(?:\s|$)/);
  const end = found !== -1 ? found : closing === -1 ? text.length : closing;
  const resource = text.slice(open, end);
  return { ...(resource.startsWith("arn:") && { resource }), reason: text.slice(end) };
}

const layersByWords: ReadonlyMap<string, LayerName | "trust"> = new Map<
  string,
  LayerName | "trust"
>([
  ...Object.entries(layerWords).map(([layer, words]): [string, LayerName] => [
    words.toLowerCase(),
    layer as LayerName,
  ]),
  ["role trust policy", "trust"],
  ["trust policy", "trust"],
]);

const layerNames = [...layersByWords.keys()].join("|");
const explicitDeny = new RegExp(
  `with an explicit deny(?: in (?:an?|the) (${layerNames}))?(?![\\w-])`,
  "i",
);
const missingAllow = new RegExp(`because no (${layerNames}) allows`, "i");

/** What S3 says of its own settings; AWS's words, and those of servers like it. */
const settings: readonly (readonly [RegExp, DenialCause])[] = [
  [/BlockPublicPolicy/, "public-policy-blocked"],
  [/BlockPublicAcls/, "public-acl-blocked"],
  [/RestrictPublicBuckets/, "public-bucket-restricted"],
  [/\(SSE-C\)/, "customer-keys-blocked"],
  [/protected by object lock/i, "object-locked"],
  [/\bRequest has expired\b/i, "link-ended"],
  [/\bRequest is not (?:yet valid|valid yet)\b/i, "link-not-begun"],
];

function causeOf(reason: string): Pick<ParsedDenial, "cause" | "layer"> {
  const denied = explicitDeny.exec(reason);
  if (denied !== null) return { cause: "explicit-deny", ...layerOf(denied[1]) };
  const missing = missingAllow.exec(reason);
  if (missing !== null) return { cause: "no-allow", ...layerOf(missing[1]) };
  if (/no resource-based policies allow access/.test(reason)) {
    return { cause: "absent-or-resource-policy", layer: "resource" };
  }
  return { cause: settings.find(([words]) => words.test(reason))?.[1] ?? "not-told" };
}

function layerOf(words: string | undefined): Pick<ParsedDenial, "layer"> {
  const layer = layersByWords.get(words?.toLowerCase() ?? "");
  return layer === undefined ? {} : { layer };
}

/** What AWS may put behind the reason. */
function trailOf(reason: string): Pick<ParsedDenial, "policyArn" | "authorizationId"> {
  const policyArn = /(?:policy|boundary|deny)[^:"]{0,80}: ?(arn:[^\s"',]*[^\s"',.])/i.exec(
    reason,
  )?.[1];
  const id = authorizationId.exec(reason)?.[1];
  return {
    ...(policyArn !== undefined && { policyArn }),
    ...(id !== undefined && { authorizationId: mask(id) }),
  };
}

function isForbidden(line: string): boolean {
  return /\b403\b/.test(line) && /forbidden/i.test(line);
}

/** A refusal that names neither caller nor action. */
function readBare(text: string): ParsedDenial | undefined {
  const cause = settings.find(([words]) => words.test(text))?.[1];
  if (cause !== undefined) return { cause };
  return /access ?denied/i.test(text) || linesOf(text).some(isForbidden)
    ? { cause: "not-told" }
    : undefined;
}
