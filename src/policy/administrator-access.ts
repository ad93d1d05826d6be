import type { NamedPolicy } from "./access-layers.ts";
import { compilePolicy } from "./compile-policy.ts";

/** AWS's managed policy that allows everything, and what the root user of an account may do. */
export const administratorAccess: NamedPolicy = {
  name: "arn:aws:iam::aws:policy/AdministratorAccess",
  policy: compilePolicy({
    version: "2012-10-17",
    statements: [
      {
        effect: "Allow",
        principals: { negated: false, entries: [{ type: "AWS", value: "*" }] },
        actions: { negated: false, patterns: ["*"] },
        resources: { negated: false, patterns: ["*"] },
        conditions: [],
      },
    ],
  }),
};
