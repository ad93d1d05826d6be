import type { CauseRow } from "../cause-row.ts";

const actionStatement = { Effect: "Allow", Action: "{action}", Resource: "{resource}" };

const explain = "sms-storage explain --as {principal} --action {action} s3://{bucket}/";

/** What stands above the policies of caller and bucket, and settings that refuse by themselves. */
export const limitCauses: readonly CauseRow[] = [
  {
    id: "D13",
    layer: "objects",
    title: "A service control policy of the organisation forbids it",
    symptom: "`no service control policy allows` or `explicit deny in a service control policy`.",
    cause:
      "The organisation limits what its accounts may do; a lock to some regions is common. AWS may say " +
      "explicit where it is implicit.",
    affects: "What needs {action}, for everybody in the account.",
    signs: [
      { sure: "certain", denial: { cause: "no-allow", layers: ["service-control"] } },
      { sure: "certain", denial: { cause: "explicit-deny", layers: ["service-control"] } },
    ],
    remedy: {
      text:
        "Nobody in the account can change it. Send the organisation's administrators the action " +
        "{action}, the resource and the region {region}.",
      commands: ["sms-storage doctor s3://{bucket} --bundle report.json"],
      by: "organization",
    },
    source: "Organizations User Guide, service control policies.",
  },
  {
    id: "D14",
    layer: "objects",
    title: "A resource control policy of the organisation forbids it",
    symptom: "`... with an explicit deny in a resource control policy`.",
    cause: "The organisation asks for TLS, for its own people, or for a certain encryption.",
    affects: "What needs {action}, whoever asks.",
    signs: [
      { sure: "certain", denial: { cause: "explicit-deny", layers: ["resource-control"] } },
      { sure: "certain", denial: { cause: "no-allow", layers: ["resource-control"] } },
    ],
    remedy: {
      text:
        "Nobody in the account can change it. Send the organisation's administrators the action " +
        "{action}, who asks, from where and how.",
      commands: ["sms-storage doctor s3://{bucket} --bundle report.json"],
      by: "organization",
    },
    source: "Organizations User Guide, resource control policies.",
  },
  {
    id: "D15",
    layer: "objects",
    title: "The permissions boundary does not allow it",
    symptom: "`no permissions boundary allows` or `explicit deny in a permissions boundary`.",
    cause: "A boundary is set on {role}: what it does not allow, no other policy does.",
    affects: "What needs {action}.",
    signs: [
      { sure: "certain", denial: { cause: "no-allow", layers: ["boundary"] } },
      { sure: "certain", denial: { cause: "explicit-deny", layers: ["boundary"] } },
    ],
    remedy: {
      text: "An administrator adds the statement to the boundary.",
      commands: [explain],
      statements: [actionStatement],
      by: "administrator",
    },
    source: "IAM User Guide, permissions boundaries.",
  },
  {
    id: "D16",
    layer: "objects",
    title: "The policy of the session does not allow it",
    symptom: "`no session policy allows` or `explicit deny in a session policy`.",
    cause: "The role was assumed with a policy that narrows it.",
    affects: "What needs {action}, in this session.",
    signs: [
      { sure: "certain", denial: { cause: "no-allow", layers: ["session"] } },
      { sure: "certain", denial: { cause: "explicit-deny", layers: ["session"] } },
    ],
    remedy: {
      text:
        "Assume the role without a session policy, or add the statement to the one that is given to " +
        "AssumeRole.",
      statements: [actionStatement],
      by: "you",
    },
    source: "IAM User Guide, session policies.",
  },
  {
    id: "D20",
    layer: "objects",
    title: "The policy of the VPC endpoint does not allow it",
    symptom: "`no VPC endpoint policy allows` or `explicit deny in a VPC endpoint policy`.",
    cause: "The request goes through a VPC endpoint whose policy names other buckets or callers.",
    affects: "What needs {action} from within that network.",
    signs: [
      { sure: "certain", denial: { cause: "no-allow", layers: ["vpc-endpoint"] } },
      { sure: "certain", denial: { cause: "explicit-deny", layers: ["vpc-endpoint"] } },
    ],
    remedy: {
      text: "Whoever runs the network adds the statement to the endpoint's policy.",
      commands: [
        "aws ec2 describe-vpc-endpoints --filters Name=service-name,Values=com.amazonaws.{region}.s3",
      ],
      statements: [{ ...actionStatement, Principal: "*" }],
      by: "administrator",
    },
    source: "S3 User Guide, VPC endpoints for Amazon S3.",
  },
  {
    id: "D18",
    layer: "policy",
    title: "BlockPublicPolicy refuses a policy that is public",
    symptom: "`... because public policies are prevented by the BlockPublicPolicy setting`.",
    cause:
      "A statement allows something to everybody without a fixed account, organisation or network.",
    affects: "The policy was not put; the old one holds.",
    signs: [{ sure: "certain", denial: { cause: "public-policy-blocked" } }],
    remedy: {
      text: 'Name roles or accounts in Principal in place of "*".',
      commands: ["sms-storage policy lint POLICY.json", "sms-storage setup --bucket {bucket}"],
      by: "you",
    },
    source: "S3 User Guide, blocking public access.",
  },
  {
    id: "D19",
    layer: "objects",
    title: "The client sends an ACL that the bucket does not take",
    symptom: "`AccessControlListNotSupported` (400), or AccessDenied that names BlockPublicAcls.",
    cause:
      "x-amz-acl or x-amz-grant-... goes with the request; ACLs are off, or public ones are blocked.",
    affects: "Uploads of that client.",
    signs: [
      { sure: "certain", codes: ["AccessControlListNotSupported"] },
      { sure: "certain", denial: { cause: "public-acl-blocked" } },
    ],
    remedy: {
      text: "Send none: leave --acl out. Give access by the bucket's policy.",
      by: "you",
    },
    source: "S3 User Guide, controlling ownership of objects.",
  },
  {
    id: "D24",
    layer: "objects",
    title: "Object Lock keeps the version",
    severity: "medium",
    symptom: "`AccessDenied` (403) `... because object protected by object lock.`",
    cause: "The version is under a retention or a legal hold.",
    affects: "It can neither be deleted nor overwritten in place.",
    signs: [{ sure: "certain", denial: { cause: "object-locked" } }],
    remedy: {
      text:
        "Wait until it ends. In governance mode whoever has s3:BypassGovernanceRetention may delete it; " +
        "a legal hold can be taken off.",
      commands: ["aws s3api get-object-retention --bucket {bucket} --key {key}"],
      by: "administrator",
    },
    source: "S3 User Guide, using S3 Object Lock.",
  },
];
