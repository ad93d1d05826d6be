import {
  DeleteBucketCommand,
  GetBucketVersioningCommand,
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

const sharedWith = (bucket: string, ...accounts: readonly (string | undefined)[]) =>
  policy({
    Effect: "Allow",
    Principal: { AWS: accounts },
    Action: "s3:*",
    Resource: [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`],
  });

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

test("units limit what lies below them, root users too, and the management account is limited by none", async () => {
  const root = { root: { accessKeys: [{}] }, buckets: {} };
  const regions = policy({
    Effect: "Deny",
    Action: "*",
    Resource: "*",
    Condition: { StringNotEquals: { "aws:RequestedRegion": ["us-east-1"] } },
  });
  const nested = {
    version: 1,
    accounts: {
      [owner]: { ...admin, ...root, buckets: { deep: {}, far: { region: "eu-west-1" } } },
      [member]: { ...admin, buckets: { mine: { policy: sharedWith("mine", owner, stranger) } } },
      [stranger]: admin,
      [management]: { ...admin, ...root, buckets: { books: {}, away: { region: "eu-west-1" } } },
    },
    organization: {
      id: "o-a1b2c3d4e5",
      managementAccount: management,
      root: { serviceControlPolicies: ["FullAWSAccess", "regions"] },
      units: {
        outer: { serviceControlPolicies: ["objects"] },
        middle: { parent: "outer" },
        inner: {
          parent: "middle",
          resourceControlPolicies: ["RCPFullAWSAccess", "no-writes"],
        },
      },
      accounts: { [owner]: { unit: "inner" }, [member]: { unit: "inner" } },
      serviceControlPolicies: {
        regions,
        // Allows less than everything, so that what is below it has no more.
        objects: policy({
          Effect: "Allow",
          Action: ["s3:GetObject", "s3:PutObject", "s3:ListBucket"],
          Resource: "*",
        }),
      },
      resourceControlPolicies: {
        "no-writes": policy({
          Effect: "Deny",
          Principal: "*",
          Action: "s3:PutObject",
          Resource: "arn:aws:s3:::mine/*",
        }),
      },
    },
  };
  await using server = await startTestServer({ world: nested });
  const tries = async (account: string, user: string | undefined, Bucket: string, what: string) => {
    const { endpoint } = server;
    const region = ["far", "away"].includes(Bucket) ? "eu-west-1" : "us-east-1";
    const credentials = server.credentialsOf(account, user);
    const s3 = new S3Client({
      endpoint,
      region,
      credentials,
      forcePathStyle: true,
      maxAttempts: 1,
    });
    const told = await outcome(
      what === "put"
        ? s3.send(new PutObjectCommand({ Bucket, Key: "k", Body: "x" }))
        : s3.send(new GetBucketVersioningCommand({ Bucket })),
    );
    s3.destroy();
    return /because no \w+ control policy|explicit deny in a \w+ control/.exec(told)?.[0] ?? told;
  };
  const missing = "because no service control policy";
  expect(await tries(owner, "admin", "deep", "put")).toBe("ok");
  expect(await tries(owner, "admin", "deep", "versioning")).toBe(missing);
  expect(await tries(owner, undefined, "deep", "versioning")).toBe(missing);
  expect(await tries(owner, "admin", "far", "put")).toBe("explicit deny in a service control");
  expect(await tries(owner, undefined, "far", "put")).toBe("explicit deny in a service control");
  // What limits a resource limits whoever comes: its own account, others of the organisation, strangers.
  expect(await tries(member, "admin", "mine", "put")).toBe("explicit deny in a resource control");
  expect(await tries(owner, "admin", "mine", "put")).toBe("explicit deny in a resource control");
  expect(await tries(stranger, "admin", "mine", "put")).toBe("AccessDenied: Access Denied");
  // Strangers are no members: the organisation's limits on members are not theirs.
  expect(await tries(stranger, "admin", "mine", "versioning")).toBe("ok");
  expect(await tries(owner, "admin", "mine", "versioning")).toBe(missing);
  for (const who of ["admin", undefined]) {
    expect(await tries(management, who, "books", "versioning")).toBe("ok");
    expect(await tries(management, who, "away", "put")).toBe("ok");
  }
});
