import type {
  ServerSideEncryptionConfiguration,
  ServerSideEncryptionRule,
} from "../../core/bucket-settings.ts";
import { boolean, choice } from "./scalars.ts";
import { same, xmlDocument } from "./setting-document.ts";
import { malformed } from "./read-element.ts";
import { list, required, scalar, structure } from "./shape.ts";

type ByDefault = ServerSideEncryptionRule["ApplyServerSideEncryptionByDefault"];
type Blocked = NonNullable<ServerSideEncryptionRule["BlockedEncryptionTypes"]>;

const rule = structure<ServerSideEncryptionRule>({
  ApplyServerSideEncryptionByDefault: required(
    structure<ByDefault>({
      SSEAlgorithm: required(choice("AES256", "aws:kms", "aws:kms:dsse")),
      KMSMasterKeyID: scalar((found) => found.trim() || undefined),
    }),
  ),
  BucketKeyEnabled: boolean,
  BlockedEncryptionTypes: structure<Blocked>({
    EncryptionType: required(list(choice("NONE", "SSE-C"), "EncryptionType")),
  }),
});

/**
 * `ServerSideEncryptionConfiguration`, of exactly one rule; whether a key fits the algorithm is for the
 * caller to judge. Source: S3 API reference, PutBucketEncryption, 2026-08.
 */
export const encryptionConfiguration = xmlDocument<
  Partial<ServerSideEncryptionConfiguration>,
  ServerSideEncryptionConfiguration
>({
  root: "ServerSideEncryptionConfiguration",
  shape: structure({ Rules: required(list(rule, "Rule")) }),
  judge: ({ Rules }) => {
    if (Rules?.length !== 1) throw malformed();
  },
  fromWire: (wire) => ({ Rules: wire.Rules ?? [] }),
  toWire: same,
});
