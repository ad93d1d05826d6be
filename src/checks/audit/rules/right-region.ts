import { defineRule, fail, notApplicable, pass, unknown } from "../audit-rule.ts";

export const rightRegion = defineRule({
  id: "LOC-1",
  title: "The settings name the bucket's region",
  severity: "high",
  needs: ["presence"],
  judge({ presence }, { region }) {
    if (presence.state === "absent") return unknown("the bucket does not exist");
    if (presence.region === undefined) return unknown("the store does not say where the bucket is");
    if (presence.region === region) return pass(region);
    // A place-holder such as Qumulo's `local`, which no signature has to name.
    if (!/-\d+$/.test(presence.region))
      return notApplicable(`the store has no regions of AWS's kind: ${presence.region}`);
    return fail(
      `the bucket is in ${presence.region}, the settings say ${region}`,
      "Requests are refused, or sent twice.",
      { text: `Set STORAGE_S3_REGION=${presence.region}.`, by: "you" },
    );
  },
});
