import type {
  ServerSideEncryptionConfiguration,
  ServerSideEncryptionRule,
} from "../../core/bucket-settings.ts";
import { childrenNamed, parseXml } from "../xml/parse.ts";
import type { XmlElement } from "../xml/parse.ts";
import { element, optionalElement } from "../xml/render.ts";
import type { XmlNode } from "../xml/render.ts";
import { assertChildren, malformed, onlyChild, onlyText } from "./read-element.ts";
import { readBoolean, readChoice, required } from "./read-element.ts";

const algorithms = ["AES256", "aws:kms", "aws:kms:dsse"] as const;
const blockable = ["NONE", "SSE-C"] as const;

/**
 * Reads `ServerSideEncryptionConfiguration`. Throws S3Error MalformedXML unless it has exactly one
 * rule with an algorithm of S3; whether a key fits the algorithm is for the caller to judge.
 */
export function parseEncryptionConfiguration(
  bytes: Uint8Array | string,
): ServerSideEncryptionConfiguration {
  const root = parseXml(bytes, { root: "ServerSideEncryptionConfiguration" });
  assertChildren(root, ["Rule"]);
  const rules = childrenNamed(root, "Rule");
  if (rules.length !== 1) throw malformed();
  return { Rules: rules.map(parseRule) };
}

export function renderEncryptionConfiguration(value: ServerSideEncryptionConfiguration): XmlNode {
  return element("ServerSideEncryptionConfiguration", value.Rules.map(renderRule));
}

function parseRule(rule: XmlElement): ServerSideEncryptionRule {
  assertChildren(rule, [
    "ApplyServerSideEncryptionByDefault",
    "BucketKeyEnabled",
    "BlockedEncryptionTypes",
  ]);
  const apply = required(onlyChild(rule, "ApplyServerSideEncryptionByDefault"));
  assertChildren(apply, ["SSEAlgorithm", "KMSMasterKeyID"]);
  const keyId = onlyText(apply, "KMSMasterKeyID")?.trim();
  const bucketKeyEnabled = readBoolean(rule, "BucketKeyEnabled");
  const blocked = onlyChild(rule, "BlockedEncryptionTypes");
  return {
    ApplyServerSideEncryptionByDefault: {
      SSEAlgorithm: required(readChoice(apply, "SSEAlgorithm", algorithms)),
      ...(keyId !== undefined && keyId !== "" && { KMSMasterKeyID: keyId }),
    },
    ...(bucketKeyEnabled !== undefined && { BucketKeyEnabled: bucketKeyEnabled }),
    ...(blocked !== undefined && { BlockedEncryptionTypes: parseBlocked(blocked) }),
  };
}

function parseBlocked(
  blocked: XmlElement,
): NonNullable<ServerSideEncryptionRule["BlockedEncryptionTypes"]> {
  assertChildren(blocked, ["EncryptionType"]);
  const types = childrenNamed(blocked, "EncryptionType").map(({ text }) =>
    required(blockable.find((type) => type === text.trim())),
  );
  if (types.length === 0) throw malformed();
  return { EncryptionType: types };
}

function renderRule(rule: ServerSideEncryptionRule): XmlNode {
  const { SSEAlgorithm, KMSMasterKeyID } = rule.ApplyServerSideEncryptionByDefault;
  const blocked = rule.BlockedEncryptionTypes;
  return element(
    "Rule",
    element(
      "ApplyServerSideEncryptionByDefault",
      element("SSEAlgorithm", SSEAlgorithm),
      optionalElement("KMSMasterKeyID", KMSMasterKeyID),
    ),
    optionalElement("BucketKeyEnabled", rule.BucketKeyEnabled),
    blocked &&
      element(
        "BlockedEncryptionTypes",
        blocked.EncryptionType.map((type) => element("EncryptionType", type)),
      ),
  );
}
