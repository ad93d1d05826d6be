import type { KnownPrincipal } from "../request.ts";

/** People of two accounts, for tests. */
export const accountId = "111122223333";
export const otherAccountId = "444455556666";
export const roleArn =
  "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/us-west-2/AWSReservedSSO_Lab_0123456789abcdef";

export const session: KnownPrincipal = {
  kind: "assumed-role",
  accountId,
  arn: "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Lab_0123456789abcdef/jane",
  principalArn: roleArn,
  userId: "AROALAB0000000000001:jane",
};

export const user: KnownPrincipal = {
  kind: "user",
  accountId,
  arn: "arn:aws:iam::111122223333:user/staff/joe",
  principalArn: "arn:aws:iam::111122223333:user/staff/joe",
  userId: "AIDAJOE0000000000001",
};

export const root: KnownPrincipal = {
  kind: "root",
  accountId,
  arn: "arn:aws:iam::111122223333:root",
  principalArn: "arn:aws:iam::111122223333:root",
  userId: accountId,
};

export const stranger: KnownPrincipal = {
  kind: "user",
  accountId: otherAccountId,
  arn: "arn:aws:iam::444455556666:user/eve",
  principalArn: "arn:aws:iam::444455556666:user/eve",
  userId: "AIDAEVE0000000000001",
};
