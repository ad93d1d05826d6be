import { plainSettings } from "../../protocol/bucket-documents.ts";
import type { Operation } from "../operation.ts";
import { absentConfigurations } from "./absent-configurations.ts";
import { cors } from "./cors.ts";
import { encryption } from "./encryption.ts";
import { lifecycle } from "./lifecycle.ts";
import { logging } from "./logging.ts";
import { ownership } from "./ownership.ts";
import { policy, policyStatus } from "./policy.ts";
import { publicAccessBlock } from "./public-access-block.ts";
import { answerNotSet } from "./serve-setting.ts";
import { tags } from "./tags.ts";
import { versioning } from "./versioning.ts";

/** Clients that probe for what is not stored here read that it is not set. */
const neverSet = Object.values(plainSettings).map((setting): Operation => ({
  name: setting.get,
  handle: async (request) => answerNotSet(setting, request),
}));

/** The operations of every setting; a new setting is a file and a line here. */
export const settingOperations: readonly Operation[] = [
  ...neverSet,
  ...absentConfigurations,
  ...cors,
  ...encryption,
  ...lifecycle,
  ...logging,
  ...ownership,
  ...policy,
  policyStatus,
  ...publicAccessBlock,
  ...tags,
  ...versioning,
];
