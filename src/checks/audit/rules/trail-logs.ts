import { defineRule, fail, pass } from "../audit-rule.ts";

export const trailLogs = defineRule({
  id: "LOG-1",
  title: "CloudTrail records in all regions",
  severity: "high",
  practice: 5,
  sameAs: ["CloudTrail.1", "CloudTrail.3"],
  needs: ["trails"],
  judge({ trails }) {
    const good = trails.find(({ isMultiRegion, isLogging }) => isMultiRegion && isLogging);
    if (good !== undefined) return pass(`${good.name} is logging`);
    const found =
      trails.length === 0
        ? "there is no trail"
        : trails
            .map(
              ({ name, isLogging, isMultiRegion }) =>
                `${name} ${isLogging ? "logs" : "does not log"}, ${isMultiRegion ? "in all regions" : "in one region"}`,
            )
            .join("; ");
    return fail(found, "Nobody can tell later who changed a setting or deleted a bucket.", {
      text:
        "Make a trail for all regions and start it; LOG-BUCKET's policy has to let " +
        "cloudtrail.amazonaws.com get its ACL and put objects.",
      commands: [
        "aws cloudtrail create-trail --name main --s3-bucket-name LOG-BUCKET --is-multi-region-trail",
        "aws cloudtrail start-logging --name main",
      ],
      by: "administrator",
    });
  },
});
