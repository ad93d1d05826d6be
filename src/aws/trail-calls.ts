import type {
  AdvancedEventSelector as SdkAdvancedSelector,
  EventSelector as SdkSelector,
} from "@aws-sdk/client-cloudtrail";
import type {
  AdvancedEventSelector,
  EventSelector,
  FieldSelector,
  TrailState,
} from "../core/account-services.ts";
import { auditLimits } from "../core/audit-limits.ts";
import type { SdkConnection } from "./sdk-connection.ts";

/** The trails that the region sees, each with what it records. Throws what the SDK throws. */
export async function listTrails(connection: SdkConnection): Promise<readonly TrailState[]> {
  const sdk = await import("@aws-sdk/client-cloudtrail");
  const client = await connection.cloudTrail();
  const { trailList = [] } = await client.send(new sdk.DescribeTrailsCommand({}));
  const found: TrailState[] = [];
  for (const { Name = "", TrailARN, ...trail } of trailList.slice(0, auditLimits.trails)) {
    const arn = TrailARN ?? Name;
    const { IsLogging } = await client.send(new sdk.GetTrailStatusCommand({ Name: arn }));
    const selectors = await client.send(new sdk.GetEventSelectorsCommand({ TrailName: arn }));
    const advanced = selectors.AdvancedEventSelectors ?? [];
    found.push({
      name: Name,
      arn,
      isMultiRegion: trail.IsMultiRegionTrail === true,
      isLogging: IsLogging === true,
      logBucket: trail.S3BucketName ?? "",
      ...(advanced.length > 0
        ? { advancedSelectors: advanced.map(advancedOf) }
        : { selectors: (selectors.EventSelectors ?? []).map(selectorOf) }),
    });
  }
  return found;
}

function selectorOf(selector: SdkSelector): EventSelector {
  return {
    readWriteType: selector.ReadWriteType ?? "All",
    includeManagementEvents: selector.IncludeManagementEvents !== false,
    dataResources: (selector.DataResources ?? []).map(({ Type = "", Values = [] }) => ({
      type: Type,
      values: Values,
    })),
  };
}

function advancedOf({ Name, FieldSelectors = [] }: SdkAdvancedSelector): AdvancedEventSelector {
  return {
    ...(Name !== undefined && { name: Name }),
    fields: FieldSelectors.map((field): FieldSelector => ({
      field: field.Field ?? "",
      ...(field.Equals !== undefined && { equals: field.Equals }),
      ...(field.StartsWith !== undefined && { startsWith: field.StartsWith }),
      ...(field.EndsWith !== undefined && { endsWith: field.EndsWith }),
      ...(field.NotEquals !== undefined && { notEquals: field.NotEquals }),
      ...(field.NotStartsWith !== undefined && { notStartsWith: field.NotStartsWith }),
      ...(field.NotEndsWith !== undefined && { notEndsWith: field.NotEndsWith }),
    })),
  };
}
