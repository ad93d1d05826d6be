import { documentLimits } from "../../core/limits.ts";
import { withRuleIds } from "../../protocol/documents/lifecycle-configuration.ts";
import { S3Error } from "../../protocol/s3-error.ts";
import { assertLifecycle } from "./lifecycle-rules.ts";
import { serveSetting } from "./serve-setting.ts";

const defaultSize = "all_storage_classes_128K";

/** All rules at once; those without an ID get one. */
export const lifecycle = serveSetting("lifecycle", {
  putTraits: { digestRequired: true, documentBytes: documentLimits.lifecycleBytes },
  accept: (document, request) => {
    assertLifecycle(document);
    const named = withRuleIds(document, () => request.randomBytes(36).toString("base64"));
    const size = checkSize(document.TransitionDefaultMinimumObjectSize);
    return { document: { ...named, TransitionDefaultMinimumObjectSize: size } };
  },
});

/**
 * Below which size objects are not moved to another class; a header of lifecycle requests and answers
 * since 2024-09. Throws InvalidRequest. Source: recordings of AWS of 2026-02.
 */
function checkSize(size: string = defaultSize): string {
  if (size === defaultSize || size === "varies_by_storage_class") return size;
  throw new S3Error("InvalidRequest", {
    message: `Invalid TransitionDefaultMinimumObjectSize found: ${size}`,
  });
}
