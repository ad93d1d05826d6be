import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { documentLimits } from "../../core/document-limits.ts";
import { worldLimits } from "../../core/world-limits.ts";
import { parseWorld } from "./parse-world.ts";
import { worldOf } from "./world-of.ts";

const options = { region: "us-east-1" };
const example = readFileSync(new URL("testing-fixtures/world.yaml", import.meta.url), "utf8");

function faultsOf(text: string): string {
  try {
    parseWorld(text, "world.yaml", options);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  return "none";
}

/** The example with one piece of its text changed. */
function changed(from: string, to: string): string {
  expect(example.split(from).length).toBe(2);
  return example.replace(from, to);
}

const unitsOf = (depth: number): string =>
  "version: 1\naccounts: {'111122223333': {}}\norganization:\n  id: o-abcdefghij\n" +
  "  managementAccount: '111122223333'\n  units:\n    u1: {}\n" +
  Array.from({ length: depth - 1 }, (_, i) => `    u${i + 2}: {parent: u${i + 1}}\n`).join("");

const account = (yaml: string) =>
  `version: 1\naccounts:\n  "111122223333":\n${yaml.replace(/^/gm, "    ")}\n`;

describe("a world that fits", () => {
  it("is read as values, with what was left out", () => {
    const world = parseWorld(example, "world.yaml", options);
    const dev = world.accounts.get("111122223333");
    expect([...world.accounts.keys()]).toEqual(["111122223333", "444455556666", "999988887777"]);
    expect(dev?.users.get("alice")).toMatchObject({ path: "/", groups: ["scientists"] });
    expect(dev?.roles.get("sms-api")?.maxSessionDuration).toBe(7200);
    expect(dev?.kmsKeys.get("storage")).toMatchObject({ state: "Enabled", deletionInDays: 30 });
    expect(JSON.parse(dev?.roles.get("sms-api")?.trust ?? "")).toMatchObject({
      Version: "2012-10-17",
    });
    expect(world.organization?.units.get("science")?.serviceControlPolicies).toEqual([
      "FullAWSAccess",
      "no-deletes",
    ]);
    expect(world.organization?.root.resourceControlPolicies).toEqual(["RCPFullAWSAccess"]);
    expect(world.sso?.users.get("jane")).toMatchObject({ approval: "automatic" });
    expect(world.vpcEndpoints.get("vpce-0a1b2c3d4e5f6a7b8")?.hosts).toEqual(["s3.lab.internal"]);
  });

  it("may be JSON, or a value", () => {
    const value = { version: 1, accounts: { "111122223333": { alias: "dev" } } };
    const read = worldOf(value, options);
    expect(read.accounts.get("111122223333")?.alias).toBe("dev");
    expect(parseWorld(JSON.stringify(value), "w.json", options)).toEqual(read);
  });

  it("may name its accounts without quotes, a leading zero included, and repeat parts by alias", () => {
    const world = parseWorld(
      "version: 1\naccounts:\n  012345678901: &a {}\n  111122223333: *a\n",
      "w.yaml",
      options,
    );
    expect([...world.accounts.keys()]).toEqual(["012345678901", "111122223333"]);
  });

  it("takes a key policy that locks everybody out when it says so", () => {
    const policy =
      "{Version: '2012-10-17', Statement: {Effect: Allow, Principal: '*', Action: 'kms:Decrypt', Resource: '*'}}";
    const text = account(`kmsKeys:\n  k:\n    policy: ${policy}`);
    expect(faultsOf(text)).toMatch(
      /world\.yaml:6:17: accounts\.111122223333\.kmsKeys\.k\.policy locks/,
    );
    expect(faultsOf(text.replace("  policy", "  allowLockOut: true\n        policy"))).toBe("none");
  });

  it("takes a key policy that leaves the key to one role or user", () => {
    const version = "Version: '2012-10-17', Statement: {Effect: Allow";
    const trust = `{${version}, Principal: {AWS: '111122223333'}, Action: 'sts:AssumeRole'}}`;
    for (const one of ["role/keeper", "user/ada"]) {
      const principal = `Principal: {AWS: 'arn:aws:iam::111122223333:${one}'}`;
      const policy = `{${version}, ${principal}, Action: 'kms:*', Resource: '*'}}`;
      const holders = `users: {ada: {}}\nroles:\n  keeper: {trust: ${trust}}\n`;
      expect(faultsOf(account(`${holders}kmsKeys:\n  k: {policy: ${policy}}`))).toBe("none");
    }
  });

  it("takes units as deep as AWS has them", () => {
    expect(faultsOf(unitsOf(worldLimits.organizationalUnitDepth))).toBe("none");
    expect(faultsOf(unitsOf(worldLimits.organizationalUnitDepth + 1))).toMatch(
      /u6\.parent lies deeper than 5 units: u6 in u5 in u4 in u3 in u2 in u1/,
    );
  });
});

describe("a world that does not fit is refused, with place and reason:", () => {
  it.each<readonly [what: string, text: string, expected: RegExp]>([
    [
      "no YAML",
      "version: 1\n  accounts: {",
      /^world\.yaml:1:10: the document is no YAML: Nested mappings are not allowed [^.]*\.$/,
    ],
    [
      "empty",
      "",
      /^world\.yaml:1:1: the document must be a mapping of names to values, not empty\.$/,
    ],
    [
      "a list",
      "- 1",
      /^world\.yaml:1:1: the document must be a mapping of names to values, not a list/,
    ],
    ["no accounts", "version: 1", /^world\.yaml:1:1: the document lacks accounts\.$/],
    ["another version", "version: 2\naccounts: {}", /^world\.yaml:1:10: version must be 1\.$/],
    [
      "an unknown name",
      account("user: {}"),
      /^world\.yaml:4:5: accounts\.111122223333\.user is unknown here; did you mean users\?$/,
    ],
    [
      "trails without their account",
      "version: 1\naccounts: {}\ntrails: {}",
      /^world\.yaml:3:1: trails stands under an account, as in accounts\.111122223333\.trails\.$/,
    ],
    [
      "a name given twice",
      account("users:\n  a: {}\n  b: {}\n  a: {}"),
      /^world\.yaml:7:7: accounts\.111122223333\.users\.a is a name that stands here twice\.$/,
    ],
    [
      "names that differ in case",
      account("users:\n  alice: {}\n  Alice: {}"),
      /^world\.yaml:6:7: \S+\.users\.Alice differs from a name before it in nothing but case\.$/,
    ],
    [
      "a wrong account id",
      'version: 1\naccounts:\n  "1234": {}',
      /^world\.yaml:3:3: accounts\.1234 is no name for this; it takes twelve digits\.$/,
    ],
    [
      "an id without quotes",
      "version: 1\naccounts:\n  111122223333: {}\norganization:\n  id: o-abcdefghij\n" +
        "  managementAccount: 111122223333",
      /^world\.yaml:6:22: organization\.managementAccount must be a text; put it in quotes\.$/,
    ],
    [
      "a group that is not there",
      changed("groups: [scientists]", "groups: [scientist]"),
      /^world\.yaml:\d+:18: \S+\.users\.alice\.groups\[0\] is no group of account 111122223333; did you mean scientists\?$/,
    ],
    [
      "a policy that is not there",
      changed(
        "scientists:\n        attached: [bucket-read]",
        "scientists:\n        attached: [bucket-reed]",
      ),
      /attached\[0\] is no policy of account 111122223333; did you mean bucket-read\?$/,
    ],
    [
      "a policy that AWS has not",
      changed("policy/AmazonS3FullAccess", "policy/AmazonS3FulAccess"),
      /attached\[0\] is no policy of AWS that this server has; did you mean AmazonS3FullAccess\?$/,
    ],
    [
      "a policy of another account",
      changed(
        "scientists:\n        attached: [bucket-read]",
        "scientists:\n        attached: ['arn:aws:iam::444455556666:policy/x']",
      ),
      /attached\[0\] is a policy of account 444455556666; /,
    ],
    [
      "a policy of another partition",
      changed(
        "scientists:\n        attached: [bucket-read]",
        "scientists:\n        attached: ['arn:aws-cn:iam::aws:policy/AdministratorAccess']",
      ),
      /attached\[0\] is an ARN of the partition aws-cn, and account 111122223333 is in aws\.$/,
    ],
    [
      "a policy of another partition in a permission set",
      changed(
        "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",
        "arn:aws-cn:iam::aws:policy/AmazonS3ReadOnlyAccess",
      ),
      /ScientistAccess\.attached\[0\] is an ARN of the partition aws-cn, and account 111122223333 is in aws\.\n/,
    ],
    [
      "a policy under another path",
      changed(
        "scientists:\n        attached: [bucket-read]",
        "scientists:\n        attached: ['arn:aws:iam::111122223333:policy/team/bucket-read']",
      ),
      /attached\[0\] has another path than that policy, which is \//,
    ],
    [
      "units in a cycle",
      "version: 1\naccounts: {'111122223333': {}}\norganization:\n  id: o-abcdefghij\n" +
        "  managementAccount: '111122223333'\n  units:\n    a: {parent: b}\n    b: {parent: a}",
      /world\.yaml:7:17: organization\.units\.a\.parent makes a cycle: a in b in a\.\n.*:8:17: .*units\.b\.parent makes a cycle: b in a in b\./,
    ],
    [
      "a policy of the organisation that is not there",
      changed("[FullAWSAccess, no-deletes]", "[FullAWSAcess]"),
      /serviceControlPolicies\[0\] is no policy of the organisation; did you mean FullAWSAccess\?/,
    ],
    [
      "an assignment that is given twice",
      changed('{ user: joe, account: "444455556666",', '{ user: jane, account: "111122223333",'),
      /sso\.assignments\[1\] stands in this list already/,
    ],
    [
      "an assignment of nobody",
      changed("{ user: jane,", "{ user: jan,"),
      /sso\.assignments\[0\]\.user is no user here; did you mean jane\?/,
    ],
    [
      "an alias of what it stands in",
      "version: 1\naccounts: &a\n  '111122223333': *a",
      /^world\.yaml:3:19: accounts\.111122223333 is an alias of what it stands in itself\.$/,
    ],
    [
      "a trust policy that names nobody",
      changed("arn:aws:iam::111122223333:user/alice", "arn:aws:iam::111122223333:user/alicia"),
      /trust\.Statement\.Principal\.AWS is refused as a policy: .*alicia/,
    ],
    [
      "an action without a service, at its own line",
      changed("s3:GetObject\n", "GetObject\n"),
      /Statement\[1\]\.Action is refused as a policy: Actions\/Conditions must be prefaced by a vendor/,
    ],
    [
      "an effect that is none",
      changed(
        "Effect: Deny\n        Action: s3:DeleteBucket",
        "Effect: Denny\n        Action: s3:DeleteBucket",
      ),
      /^world\.yaml:\d+:\d+: organization\.serviceControlPolicies\.no-deletes\.Statement\.Effect is refused as a policy: Invalid effect: Denny\.$/,
    ],
    [
      "a key given to two",
      account(
        "root: &r\n  accessKeys: [{accessKeyId: AKIAEXAMPLE00, secretAccessKey: sssssssssss}]\nusers:\n  a: *r",
      ),
      /accounts\.111122223333\.users\.a\.accessKeys\[0\]\.accessKeyId is given twice in this world/,
    ],
  ])("%s", (_what, text, expected) => {
    expect(faultsOf(text)).toMatch(expected);
  });

  it("several at once, up to a bound", () => {
    const many = Array.from({ length: 30 }, (_, index) => `  u${index}: {pth: /}`).join("\n");
    const told = faultsOf(account(`users:\n${many}`));
    expect(told).toMatch(/^world\.yaml has 30 faults:\n {2}world\.yaml:5:12: /);
    expect(told.split("\n").length).toBe(1 + documentLimits.faultsTold + 1);
    expect(told).toMatch(/\.\.\. and 10 more\.$/);
  });

  it("and never with the secrets in it", () => {
    const text = account(
      "root:\n  accessKeys: [{accessKeyId: AKIAEXAMPLE00, secretAccessKey: short}]",
    );
    expect(faultsOf(text)).toMatch(/secretAccessKey must be a text of 8 to 128 printable/);
    expect(faultsOf(text)).not.toContain("short");
  });
});

describe("hostile documents end soon and in words:", () => {
  const bomb = Array.from(
    { length: 20 },
    (_, level) =>
      `a${level}: &a${level} [${Array(9)
        .fill(level === 0 ? "x" : `*a${level - 1}`)
        .join()}]`,
  ).join("\n");

  it.each<readonly [what: string, text: string, expected: RegExp]>([
    ["aliases that multiply", bomb, /has more than 200000 values|is an alias too many/],
    ["deep nesting", "[".repeat(100_000), /nested deeper|is no YAML/],
    ["deep nesting that closes", "[".repeat(5000) + "]".repeat(5000), /nested deeper/],
    [
      "many names",
      Array.from({ length: 50_000 }, (_, i) => `k${i}: 1`).join("\n"),
      /50\d{3} faults/,
    ],
    ["__proto__", '{"version": 1, "accounts": {}, "__proto__": {}}', /__proto__ is unknown here/],
  ])("%s", (_what, text, expected) => {
    const start = process.cpuUsage();
    expect(faultsOf(text)).toMatch(expected);
    const { user } = process.cpuUsage(start);
    expect(user / 1e6).toBeLessThan(10);
  });
});
