import { expect, test } from "vitest";
import { arnsOf } from "./recall-policy.ts";

const role = "arn:aws:iam::111122223333:role/Developer";

test.each<[unknown, readonly string[]]>([
  [{ AWS: role }, [role]],
  [{ AWS: [role, `${role}s`] }, [role, `${role}s`]],
  [{ AWS: [role, "AROAAAAAAAAAAAAAAAAAA"] }, []],
  [{ Federated: "arn:aws:iam::111122223333:saml-provider/x" }, []],
  [{ AWS: role, Federated: "arn:aws:iam::111122223333:saml-provider/x" }, []],
  ["*", []],
])("who is named by ARNs alone: %j", (Principal, expected) => {
  expect(arnsOf({ Principal })).toEqual(expected);
});
