import { QueryError } from "../aws-query/query-error.ts";
import type { QueryInput } from "../aws-query/query-input.ts";
import { stsRules } from "./sts-rules.ts";

/** `SerialNumber` and `TokenCode`. No user has a device here, so that no code is good. */
export function readMfa(input: QueryInput): { assertGood(): void } {
  const serial = input.text("SerialNumber", stsRules.serialNumber);
  const code = input.text("TokenCode", stsRules.tokenCode);
  return {
    assertGood: () => {
      if (serial === undefined && code === undefined) return;
      const why =
        serial === undefined || code === undefined
          ? "must provide both MFA serial number and one time pass code."
          : "unable to validate MFA code.  Please verify your MFA serial number is valid and " +
            "associated with this user.";
      throw new QueryError("AccessDenied", `MultiFactorAuthentication failed, ${why}`, 403);
    },
  };
}
