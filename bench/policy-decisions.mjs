// @ts-check
// A bucket policy of 20 KiB, S3's limit: CPU to read and compile it, once per put, and to judge a
// request by it alone, and with every other layer present: identity, boundary, session, two levels of
// service and resource control policies, an endpoint's. Prints medians of rounds.
//
//   node bench/policy-decisions.mjs [--rounds 7] [--decisions 20000]
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { buildIfNeeded, installIfNeeded, root } from "../scripts/prepare.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    decisions: { type: "string", default: "20000" },
  },
});
installIfNeeded();
buildIfNeeded();

/** @param {string} name */
const load = (name) => import(pathToFileURL(join(root, "dist/policy", `${name}.js`)).href);
const { parsePolicy } = await load("parse");
const { compilePolicy } = await load("compile-policy");
const { evaluatePolicy } = await load("evaluate");
const { decideAccess } = await load("decide-access");
const { parsePolicyOf } = await load("parse");
const { attachedPolicyKind } = await load("attached-policy-kind");

const account = "111122223333";
const statements = [];
let text = "";
while (text.length < 20_100) {
  statements.push(statement(statements.length));
  text = JSON.stringify({ Version: "2012-10-17", Statement: statements });
}
const arn = `arn:aws:iam::${account}:user/joe`;
const request = {
  principal: {
    kind: "user",
    accountId: account,
    arn,
    principalArn: arn,
    userId: "AIDAJOE0000000000001",
  },
  action: "s3:GetObject",
  resource: "arn:aws:s3:::data/other/thing",
  context: () => undefined,
};

const compile = () => compilePolicy(parsePolicy(text, { bucket: "data" }));
const policy = compile();
const decide = () => evaluatePolicy(policy, request);
const question = {
  request,
  resourcePolicy: policy,
  caller: {
    identity: [attached("identity"), attached("identity")],
    boundary: attached("identity"),
    session: [attached("identity")],
    serviceControl: [[attached("service-control")], [attached("service-control")]],
  },
  resourceControl: [[attached("resource-control")], [attached("resource-control")]],
  vpcEndpoint: attached("vpc-endpoint"),
  sameAccount: true,
};
if (decideAccess(question).outcome !== "allowed") throw new Error("The layers should allow it.");
console.log(`${statements.length} statements, ${text.length} bytes`);
console.log(`read and compile: ${medianMicroseconds(compile, 200)} us of CPU`);
const decisions = Number(values.decisions);
console.log(`judge a request: ${medianMicroseconds(decide, decisions)} us of CPU`);
const all = medianMicroseconds(() => decideAccess(question), decisions);
console.log(`judge a request by all layers: ${all} us of CPU`);

/** Some statements as people write them; one allows. */
function attached(/** @type {string} */ kind) {
  const Principal = /control$|endpoint$/.test(kind) && kind !== "service-control" ? "*" : undefined;
  const Statement = [
    { Sid: "Objects", Effect: "Allow", Principal, Action: ["s3:Get*", "s3:Put*"], Resource: "*" },
    { Sid: "List", Effect: "Allow", Principal, Action: "s3:List*", Resource: "arn:aws:s3:::*" },
    {
      Sid: "Region",
      Effect: "Deny",
      Principal,
      Action: "*",
      Resource: "*",
      Condition: { StringEquals: { "aws:RequestedRegion": ["eu-north-1", "sa-east-1"] } },
    },
    {
      Sid: "Secrets",
      Effect: "Deny",
      Principal,
      Action: "s3:*",
      Resource: "arn:aws:s3:::data/secret/${aws:username}/*",
    },
  ];
  const document = JSON.stringify({ Version: "2012-10-17", Statement });
  return { name: kind, policy: compilePolicy(parsePolicyOf(attachedPolicyKind(kind), document)) };
}

/** Every action is covered; everybody or somebody is named; a resource, at times a condition, fails. */
function statement(/** @type {number} */ index) {
  const iam = `arn:aws:iam::${account}`;
  const named = { AWS: [`${iam}:role/team-${index}`, `${iam}:user/u${index}`] };
  return {
    Sid: `S${index}`,
    Effect: index % 3 === 0 ? "Deny" : "Allow",
    Principal: index % 2 === 0 ? "*" : named,
    Action: ["s3:GetObject", "s3:PutObject"],
    Resource: [`arn:aws:s3:::data/team-${index}/*`, `arn:aws:s3:::data/\${aws:username}/x${index}`],
    ...(index % 2 === 0 && {
      Condition: { StringNotLike: { "aws:PrincipalArn": `${iam}:role/a${index}*` } },
    }),
  };
}

/** @param {() => unknown} call @param {number} calls */
function medianMicroseconds(call, calls) {
  const rounds = Array.from({ length: Number(values.rounds) + 1 }, () => {
    const before = process.cpuUsage();
    for (let count = 0; count < calls; count += 1) call();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / calls;
  });
  // The first round warms the compiler up.
  const sorted = rounds.slice(1).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)]?.toFixed(1);
}
