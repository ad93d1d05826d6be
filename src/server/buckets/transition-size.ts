import type { LifecycleConfiguration } from "../../core/bucket-settings.ts";
import { S3Error } from "../../protocol/s3-error.ts";

const header = "x-amz-transition-default-minimum-object-size";
const defaultSize = "all_storage_classes_128K";

/**
 * Below which size objects are not moved to another class; a header of lifecycle requests and answers
 * since 2024-09. Throws InvalidRequest. Source: recordings of AWS of 2026-02.
 */
export function readTransitionSize(headerOf: (name: string) => string | undefined): string {
  const size = headerOf(header) ?? defaultSize;
  if (size === defaultSize || size === "varies_by_storage_class") return size;
  throw new S3Error("InvalidRequest", {
    message: `Invalid TransitionDefaultMinimumObjectSize found: ${size}`,
  });
}

export function transitionSizeHeader(lifecycle: LifecycleConfiguration): Record<string, string> {
  return { [header]: lifecycle.TransitionDefaultMinimumObjectSize ?? defaultSize };
}
