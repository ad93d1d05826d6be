import * as fc from "fast-check";
import type { Asked, Document, Documents, StatementDocument } from "./documents.ts";
import { accountId, otherAccountId, roleArn, root, session, stranger, user } from "./principals.ts";
import { anonymous } from "./statements.ts";

const conditions = fc.constantFrom<Readonly<Record<string, unknown>>>(
  {},
  {},
  {},
  { StringEquals: { "aws:PrincipalAccount": accountId } },
  { StringNotEquals: { "aws:PrincipalTag/team": "red" } },
  { StringLike: { "aws:UserAgent": "aws-*" } },
  { StringEqualsIfExists: { "aws:UserAgent": "aws-cli" } },
  { "ForAllValues:StringLike": { "aws:UserAgent": "aws-*" } },
  { "ForAnyValue:StringLike": { "aws:UserAgent": "b*" } },
  { Null: { "aws:UserAgent": "true" } },
  { Bool: { "aws:SecureTransport": "true" } },
  { ArnLike: { "aws:PrincipalArn": "arn:aws:iam::*:role/*" } },
  { IpAddress: { "aws:SourceIp": "203.0.113.0/24" } },
);

export const bare: fc.Arbitrary<StatementDocument> = fc.record({
  Effect: fc.constantFrom("Allow", "Allow", "Allow", "Deny"),
  Action: fc.constantFrom("s3:GetObject", "s3:*", "*", "s3:PutObject", ["s3:List*", "s3:Get*"]),
  Resource: fc.constantFrom("*", "arn:aws:s3:::data/*", "arn:aws:s3:::data", "arn:aws:s3:::data/a"),
  Condition: conditions,
});
const principals = fc.constantFrom<unknown>(
  "*",
  { AWS: accountId },
  { AWS: otherAccountId },
  { AWS: user.arn },
  { AWS: [roleArn, stranger.arn] },
  { AWS: session.arn },
);
const withPrincipal: fc.Arbitrary<StatementDocument> = fc
  .tuple(bare, principals, fc.constantFrom("Principal", "Principal", "NotPrincipal"))
  .map(([statement, principal, name]) => ({
    ...statement,
    ...(statement["Effect"] === "Allow" ? { Principal: principal } : { [name]: principal }),
  }));
export const onBucket = withPrincipal.map((statement) => ({
  ...statement,
  Action: statement["Action"] === "*" ? "s3:*" : statement["Action"],
  Resource: ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
}));

function documentOf(statement: fc.Arbitrary<StatementDocument>): fc.Arbitrary<Document> {
  return fc.array(statement, { minLength: 1, maxLength: 3 });
}
export const identityDocument = documentOf(bare);
export const sidedDocument = documentOf(withPrincipal);
const many = (document: fc.Arbitrary<Document>) => fc.array(document, { maxLength: 2 });
export const levelsOf = (document: fc.Arbitrary<Document>) =>
  fc.array(fc.array(document, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 });

/** Half of the layers are there; those that only limit let most pass. */
export const documents: fc.Arbitrary<Documents> = fc.record(
  {
    resource: documentOf(onBucket),
    identity: many(identityDocument),
    boundary: identityDocument,
    session: fc.array(identityDocument, { minLength: 1, maxLength: 2 }),
    scp: levelsOf(identityDocument),
    rcp: levelsOf(sidedDocument),
    endpoint: sidedDocument,
  },
  { requiredKeys: [] },
);

export const asked: fc.Arbitrary<Asked> = fc.record({
  caller: fc.constantFrom(anonymous, user, session, root, stranger),
  action: fc.constantFrom("s3:GetObject", "s3:PutObject", "s3:ListBucket"),
  resource: fc.constantFrom("arn:aws:s3:::data/a", "arn:aws:s3:::data/b", "arn:aws:s3:::data"),
  context: fc.constantFrom(
    {},
    { "aws:UserAgent": "aws-cli", "aws:SecureTransport": "true" },
    { "aws:UserAgent": "boto", "aws:SourceIp": "203.0.113.9" },
  ),
  restrictPublicBuckets: fc.boolean(),
});
