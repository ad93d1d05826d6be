import {
  type AdvancedSelector,
  type BasicSelector,
  deselectOperators,
  type EventSelectors,
  type FieldSelector,
  selectOperators,
} from "./event-selectors.ts";

/** What selectors see of an event. */
export interface SelectableEvent {
  readonly category: "Management" | "Data";
  readonly readOnly: boolean;
  readonly eventSource: string;
  readonly eventName: string;
  readonly errorCode: string | undefined;
  readonly userArn: string | undefined;
  /** Of data events, such as `AWS::S3::Object`. */
  readonly resourceType: string | undefined;
  /** Of the object, or of its bucket with a slash. */
  readonly resourceArn: string | undefined;
}

/** Whether any data event can be taken. */
export function takesData(selectors: EventSelectors): boolean {
  return "basic" in selectors
    ? selectors.basic.some(({ DataResources }) => DataResources.length > 0)
    : selectors.advanced.some(({ FieldSelectors }) =>
        FieldSelectors.some(({ Field, Equals }) => {
          return Field === "eventCategory" && Equals?.includes("Data") === true;
        }),
      );
}

export function takesEvent(selectors: EventSelectors, event: SelectableEvent): boolean {
  return "basic" in selectors
    ? selectors.basic.some((selector) => takenByBasic(selector, event))
    : selectors.advanced.some((selector) => takenByAdvanced(selector, event));
}

function takenByBasic(selector: BasicSelector, event: SelectableEvent): boolean {
  const { ReadWriteType } = selector;
  if (ReadWriteType !== "All" && (ReadWriteType === "ReadOnly") !== event.readOnly) return false;
  if (event.category === "Management") {
    const excluded = selector.ExcludeManagementEventSources.includes(event.eventSource);
    return selector.IncludeManagementEvents && !excluded;
  }
  const { resourceArn = "" } = event;
  return selector.DataResources.some(
    ({ Type, Values }) =>
      Type === event.resourceType && Values.some((value) => resourceArn.startsWith(value)),
  );
}

/** All fields have to fit. */
function takenByAdvanced({ FieldSelectors }: AdvancedSelector, event: SelectableEvent): boolean {
  return FieldSelectors.every((selector) => fits(selector, fieldOf(selector.Field, event)));
}

function fieldOf(field: string, event: SelectableEvent): string | undefined {
  switch (field) {
    case "eventCategory":
      return event.category;
    case "readOnly":
      return String(event.readOnly);
    case "eventSource":
      return event.eventSource;
    case "eventName":
      return event.eventName;
    case "eventType":
      return "AwsApiCall";
    case "errorCode":
      return event.errorCode;
    case "resources.type":
      return event.resourceType;
    case "resources.ARN":
      return event.resourceArn;
    case "userIdentity.arn":
      return event.userArn;
    case "sessionCredentialFromConsole":
      return "false";
    default:
      return undefined;
  }
}

/**
 * What selects is OR-ed, what deselects is AND-ed, and both have to hold. Source: CloudTrail User Guide,
 * "How CloudTrail evaluates multiple conditions for a field".
 */
function fits(selector: FieldSelector, value: string | undefined): boolean {
  const deselected = deselectOperators.some((operator) =>
    (selector[operator] ?? []).some((wanted) => compare(operator, value, wanted)),
  );
  if (deselected) return false;
  const selecting = selectOperators.filter((operator) => selector[operator] !== undefined);
  if (selecting.length === 0) return true;
  return selecting.some((operator) =>
    (selector[operator] ?? []).some((wanted) => compare(operator, value, wanted)),
  );
}

function compare(operator: string, value: string | undefined, wanted: string): boolean {
  if (value === undefined) return false;
  if (operator.endsWith("StartsWith")) return value.startsWith(wanted);
  return operator.endsWith("EndsWith") ? value.endsWith(wanted) : value === wanted;
}
