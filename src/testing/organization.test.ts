import {
  DeleteBucketCommand,
  GetObjectCommand,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { startTestServer } from "./start-test-server.ts";

const [owner, member, stranger, management] = [
  "111122223333",
  "222233334444",
  "333344445555",
  "999988887777",
];
const administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
const policy = (...Statement: object[]) => ({ Version: "2012-10-17", Statement });
const admin = { users: { admin: { accessKeys: [{}], attached: [administrator] } } };
const everything = { Action: "s3:*", Resource: ["arn:aws:s3:::sims", "arn:aws:s3:::sims/*"] };

const world = {
  version: 1,
  accounts: {
    [owner]: {
      users: {
        ...admin.users,
        // Whose own policy lets it do things with buckets of its organisation alone.
        loyal: {
          accessKeys: [{}],
          policies: {
            own: policy({
              Effect: "Allow",
              Action: "s3:GetObject",
              Resource: "*",
              Condition: { StringEquals: { "aws:ResourceOrgID": "o-a1b2c3d4e5" } },
            }),
          },
        },
      },
      buckets: {
        sims: {
          policy: policy(
            {
              Effect: "Allow",
              Principal: "*",
              Action: "s3:GetObject",
              Resource: "arn:aws:s3:::sims/*",
              Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
            },
            { Effect: "Allow", Principal: { AWS: stranger }, ...everything },
          ),
        },
      },
    },
    [member]: admin,
    [stranger]: admin,
    [management]: admin,
  },
  organization: {
    id: "o-a1b2c3d4e5",
    managementAccount: management,
    accounts: {
      [owner]: {
        serviceControlPolicies: ["FullAWSAccess", "no-deletes"],
        resourceControlPolicies: ["RCPFullAWSAccess", "no-strangers"],
      },
      [member]: {},
    },
    serviceControlPolicies: {
      "no-deletes": policy({ Effect: "Deny", Action: "s3:DeleteBucket", Resource: "*" }),
    },
    resourceControlPolicies: {
      "no-strangers": policy({
        Effect: "Deny",
        Principal: "*",
        Action: "s3:*",
        Resource: "*",
        Condition: { StringNotEqualsIfExists: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } },
      }),
    },
  },
};

/** `ok`, or the code and text of the refusal. */
async function outcome(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "ok",
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : "?"),
  );
}

test("an organisation has its say about every request, and tells its own members why", async () => {
  await using server = await startTestServer({ world });
  const { endpoint, region } = server;
  const clientOf = (account: string, user = "admin"): S3Client => {
    const credentials = server.credentialsOf(account, user);
    return new S3Client({ endpoint, region, credentials, forcePathStyle: true, maxAttempts: 1 });
  };
  const clients = [owner, member, stranger].map((account) => clientOf(account));
  const [own, ofMember, ofStranger] = clients;
  const loyal = clientOf(owner, "loyal");
  const put = new PutObjectCommand({ Bucket: "sims", Key: "k", Body: "x" });
  const get = new GetObjectCommand({ Bucket: "sims", Key: "k" });
  expect(await outcome(own!.send(put))).toBe("ok");
  const remove = new DeleteBucketCommand({ Bucket: "sims" });
  expect(await outcome(own!.send(remove))).toBe(
    `AccessDenied: User: arn:aws:iam::${owner}:user/admin is not authorized to perform: ` +
      's3:DeleteBucket on resource: "arn:aws:s3:::sims" with an explicit deny in a service control policy',
  );
  expect(await outcome(loyal.send(get))).toBe("ok");
  expect(await outcome(ofMember!.send(get))).toBe("ok");
  expect(await outcome(ofMember!.send(put))).toBe(
    `AccessDenied: User: arn:aws:iam::${member}:user/admin is not authorized to perform: ` +
      's3:PutObject on resource: "arn:aws:s3:::sims/k" because no resource-based policy allows the ' +
      "s3:PutObject action",
  );
  // The bucket's own policy lets this account in.
  expect(await outcome(ofStranger!.send(get))).toBe("AccessDenied: Access Denied");
  for (const client of [...clients, loyal]) client.destroy();
});
