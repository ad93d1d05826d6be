import { byPolicySetup, defineRule, fail, notApplicable, pass } from "../audit-rule.ts";
import { deniesPlainHttp, readPolicy, sidOf } from "../policy-view.ts";

export const tlsOnly = defineRule({
  id: "POL-6",
  title: "Plain HTTP is refused",
  severity: "medium",
  sameAs: ["S3.5", "CIS 2.1.1", "CKV_AWS_379", "cdk-nag S10"],
  needs: ["policy"],
  judge({ policy }, context) {
    const read = readPolicy(policy, context);
    const found = read?.statements.find((one) => deniesPlainHttp(one, context));
    if (read !== undefined && found !== undefined) return pass(`${sidOf(found, read)} denies it`);
    if (context.endpointUrl?.startsWith("http:") === true) {
      return notApplicable(`the store itself is asked over plain HTTP (${context.endpointUrl})`);
    }
    return fail(
      read === undefined ? "the bucket has no policy" : "no statement denies all of it",
      "Somebody on the way can read and change what is sent.",
      byPolicySetup(
        context,
        "Deny everything that comes without TLS, on the bucket and on its objects.",
      ),
    );
  },
});
