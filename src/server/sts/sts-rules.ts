import type { TextRule } from "../aws-query/query-input.ts";

const name = String.raw`[\w+=,.@-]*`;
const tag = String.raw`[\p{L}\p{Z}\p{N}_.:/=+\-@]`;

/** Source: STS's service model of 2026-08. */
export const stsRules = {
  arn: { min: 20, max: 2048 },
  roleSessionName: { min: 2, max: 64, pattern: name },
  sourceIdentity: { min: 2, max: 64, pattern: name },
  federatedName: { min: 2, max: 32, pattern: name },
  externalId: { min: 2, max: 1224, pattern: String.raw`[\w+=,.@:\/-]*` },
  serialNumber: { min: 9, max: 256, pattern: String.raw`[\w+=/:,.@-]*` },
  tokenCode: { min: 6, max: 6, pattern: String.raw`[\d]*` },
  policy: { min: 1, max: 2048, pattern: String.raw`[\u0009\u000A\u000D\u0020-\u00FF]+` },
  tagKey: { min: 1, max: 128, pattern: `${tag}+` },
  tagValue: { min: 0, max: 256, pattern: `${tag}*` },
  webIdentityToken: { min: 4, max: 20_000 },
  accessKeyId: { min: 16, max: 128, pattern: String.raw`[\w]*` },
} as const satisfies Readonly<Record<string, TextRule>>;

/** Seconds and counts. Source: STS API reference. */
export const stsLimits = {
  tags: 50,
  policyArns: 10,
  minSeconds: 900,
  maxRoleSeconds: 43_200,
  defaultRoleSeconds: 3600,
  /** Of a role that is assumed with the keys of another role. */
  chainedSeconds: 3600,
  maxUserSeconds: 129_600,
  defaultUserSeconds: 43_200,
  rootSeconds: 3600,
  /** What policies, their ARNs and tags may take, compressed. AWS does not tell its number. */
  packedBytes: 2048,
  /** Before compression: the inline policy and the ARNs. */
  policyCharacters: 2048,
} as const;
