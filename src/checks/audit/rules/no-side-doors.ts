import { defineRule, fail, pass } from "../audit-rule.ts";

export const noSideDoors = defineRule({
  id: "MISC-1",
  title: "No website, no requester pays, narrow CORS",
  severity: "low",
  needs: ["website", "requesterPays", "cors"],
  judge({ website, requesterPays, cors }, { bucket }) {
    const open = (cors?.CORSRules ?? []).filter(({ AllowedOrigins }) =>
      AllowedOrigins.includes("*"),
    );
    const faults = [
      ...(website ? ["the bucket is a website"] : []),
      ...(requesterPays
        ? ["requesters pay: requests without x-amz-request-payer are refused"]
        : []),
      ...(open.length > 0 ? ["CORS lets pages of every origin in"] : []),
    ];
    if (faults.length === 0) return pass("none of them");
    return fail(
      faults.join("; "),
      "Each opens a way in, or shuts one, that the policy does not show.",
      {
        text: "Remove what is not meant.",
        commands: [
          ...(website ? [`aws s3api delete-bucket-website --bucket ${bucket}`] : []),
          ...(requesterPays
            ? [
                `aws s3api put-bucket-request-payment --bucket ${bucket} --request-payment-configuration Payer=BucketOwner`,
              ]
            : []),
        ],
        by: "you",
      },
    );
  },
});
