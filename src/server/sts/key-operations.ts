import { element } from "../../protocol/xml/render.ts";
import { QueryError, validationError } from "../aws-query/query-error.ts";
import { accountOfKeyId } from "./session-key-id.ts";
import type { StsOperation } from "./sts-call.ts";
import { assertPermitted } from "./sts-permission.ts";
import { stsRules } from "./sts-rules.ts";

/** Whose account a key is of, whether it is still good or not. */
export const getAccessKeyInfo: StsOperation = (call) => {
  const { input, identities, now } = call;
  const accessKeyId = input.required("AccessKeyId", stsRules.accessKeyId);
  input.assertSound();
  assertPermitted(call, "GetAccessKeyInfo", "*");
  const account =
    identities.findByAccessKey(accessKeyId, now)?.caller.accountId ?? accountOfKeyId(accessKeyId);
  if (account !== undefined && identities.findRoot(account) !== undefined) {
    return [element("Account", account)];
  }
  throw validationError(`The access key ID ${accessKeyId} belongs to no account of this server.`);
};

/** Refusals are told in plain text here, so that there is no message to decode. */
export const decodeAuthorizationMessage: StsOperation = (call) => {
  call.input.required("EncodedMessage", { min: 1, max: 10_240 });
  call.input.assertSound();
  assertPermitted(call, "DecodeAuthorizationMessage", "*");
  throw new QueryError(
    "InvalidAuthorizationMessageException",
    "Invalid encoded message: this server encodes none of its messages.",
  );
};
