import type { LayerName } from "../../policy/access-layers.ts";
import { shellWord } from "../../core/shell-word.ts";
import { layerWords } from "../../policy/denial-message.ts";
import type { DenialCause, ParsedDenial } from "../../policy/parse-denial.ts";
import type { Remedy } from "../finding.ts";
import { grantRemedy } from "./grant-remedy.ts";

/** What a text of AccessDenied means, and what to do. */
export interface DenialAdvice {
  readonly says: string;
  readonly remedy: Remedy;
}

/** Pure: goes by the text alone. */
export function adviseDenial(denial: ParsedDenial): DenialAdvice {
  const { cause, layer } = denial;
  if (cause === "explicit-deny") return denied(denial, layer);
  if (cause === "no-allow") return missing(denial, layer);
  return { ...settled[cause], remedy: settled[cause].remedy(denial) };
}

const wordsOf = (layer: LayerName | "trust"): string =>
  layer === "trust" ? "role trust policy" : layerWords[layer];

function denied(denial: ParsedDenial, layer: ParsedDenial["layer"]): DenialAdvice {
  const article = layer === "identity" ? "an" : "a";
  const where = layer === undefined ? "some policy" : `${article} ${wordsOf(layer)}`;
  const named = denial.policyArn === undefined ? "" : ` (${denial.policyArn})`;
  const says = `A statement with "Effect": "Deny" in ${where}${named} fits this request. No Allow outweighs it.`;
  if (layer === "service-control" || layer === "resource-control") {
    const text =
      "Nobody in the account can change it. Ask the administrators of the organisation, with the " +
      "action, the resource, the region and the way the request came.";
    return { says, remedy: { text, by: "organization" } };
  }
  const text =
    "Find the statement and the condition that fits: TLS, the address, the endpoint and who is " +
    "asking are the usual ones. A request that the condition does not fit goes through; else an " +
    "administrator excepts the caller in that statement.";
  return { says, remedy: { text, ...nextCommand(denial), by: "administrator" } };
}

function missing(denial: ParsedDenial, layer: ParsedDenial["layer"]): DenialAdvice {
  const { action = "the action", principal, resource } = denial;
  if (layer === undefined) return { says: "Nothing allows it.", remedy: plainRemedy(denial) };
  const says = `No ${wordsOf(layer)} allows ${action}${layer === "identity" ? " to the caller" : ""}.`;
  const grant = grantRemedy({ layer, principal, action, resource });
  if (layer !== "resource" || action.startsWith("kms:")) return { says, remedy: grant };
  const account = principal?.split(":")[4];
  const who = account === undefined ? "" : ` The caller is of account ${account}.`;
  const text = `See first whether that is the account and profile that was meant.${who} ${grant.text}`;
  return { says, remedy: { ...grant, text, commands: ["sms-storage whoami"] } };
}

interface Settled {
  readonly says: string;
  readonly remedy: (denial: ParsedDenial) => Remedy;
}

const settled: Readonly<Record<Exclude<DenialCause, "explicit-deny" | "no-allow">, Settled>> = {
  "absent-or-resource-policy": {
    says:
      "KMS tells callers of other accounts no more than this: there is no such key in the region, or " +
      "its policy allows nothing to the caller, or it denies.",
    remedy: ({ principal, action = "kms:Decrypt", resource }) => {
      const grant = grantRemedy({ layer: "resource", principal, action, resource });
      return { ...grant, text: `See that key and region are right. Then: ${grant.text}` };
    },
  },
  "public-policy-blocked": {
    says: "BlockPublicPolicy refuses a bucket policy that is public, and this one is.",
    remedy: () => ({
      text:
        "Name principals, or pin the statement down by a fixed account, organisation or network; " +
        "`policy lint` says which one is public.",
      commands: ["sms-storage policy lint POLICY.json"],
      by: "you",
    }),
  },
  "public-acl-blocked": {
    says: "BlockPublicAcls refuses requests that carry a public ACL.",
    remedy: () => ({
      text: "Send it without an ACL (--acl, x-amz-acl, x-amz-grant-...).",
      by: "you",
    }),
  },
  "public-bucket-restricted": {
    says: "RestrictPublicBuckets: the bucket's policy is public, so it serves the owner's account alone.",
    remedy: () => ({
      text: "The owner names the callers in the policy in place of everybody; the policy is not public then.",
      by: "administrator",
    }),
  },
  "customer-keys-blocked": {
    says: "The bucket takes no upload under keys that the caller sends along (SSE-C), as new buckets do.",
    remedy: () => ({
      text: "Upload without --sse-c; the bucket encrypts by its default.",
      by: "you",
    }),
  },
  "object-locked": {
    says: "Object Lock keeps this version: it is under a retention or a legal hold.",
    remedy: () => ({
      text: "Wait for its end. In governance mode whoever has s3:BypassGovernanceRetention may end it before.",
      by: "administrator",
    }),
  },
  "link-ended": {
    says: "The time of a presigned link is over: no policy is asked any more.",
    remedy: () => ({
      text:
        "Whoever made the link makes it anew. It lasts 7 days at most, and never longer than temporary " +
        "credentials that sign it.",
      commands: ["sms-storage presign --expires-in 1d s3://BUCKET/KEY"],
      by: "you",
    }),
  },
  "link-not-begun": {
    says: "The time of a presigned link has not begun: the clock of the machine that made it is ahead.",
    remedy: () => ({
      text: "Set the clock of the machine that makes links, then make the link anew.",
      commands: ["sudo timedatectl set-ntp true", "date -u"],
      by: "you",
    }),
  },
  "not-told": {
    says:
      "The store gives no reason. AWS does so to callers of other organisations; for a key that is " +
      "not there, to callers who may not list; and where the bucket's owner is not the expected one.",
    remedy: plainRemedy,
  },
};

function plainRemedy(denial: ParsedDenial): Remedy {
  const { commands = [] } = nextCommand(denial);
  const text =
    "See who is asking. Then have the policies evaluated: that tells the layer, and what would allow it.";
  return { text, commands: ["sms-storage whoami", ...commands], by: "you" };
}

/** Judges the policies themselves, for what the text leaves open. */
function nextCommand({
  principal,
  action = "s3:ACTION",
  resource,
}: ParsedDenial): Pick<Remedy, "commands"> {
  if (!action.startsWith("s3:")) return {};
  const place = /^arn:[^:]+:s3:::(.+)$/s.exec(resource ?? "")?.[1] ?? "BUCKET/KEY";
  const who = principal === undefined ? "" : ` --as ${shellWord(principal)}`;
  return {
    commands: [`sms-storage explain${who} --action ${action} ${shellWord(`s3://${place}`)}`],
  };
}
