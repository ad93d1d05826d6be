import { trailLimits } from "../../core/trail-limits.ts";
import type { JsonInput } from "../aws-json/json-input.ts";
import { badSelectors } from "./trail-error.ts";

/** Which events a trail takes; basic ones or advanced ones. Source: CloudTrail API reference. */
export type EventSelectors =
  | { readonly basic: readonly BasicSelector[] }
  | { readonly advanced: readonly AdvancedSelector[] };

export interface BasicSelector {
  readonly ReadWriteType: "All" | "ReadOnly" | "WriteOnly";
  readonly IncludeManagementEvents: boolean;
  readonly DataResources: readonly DataResource[];
  readonly ExcludeManagementEventSources: readonly string[];
}

interface DataResource {
  readonly Type: string;
  readonly Values: readonly string[];
}

export interface AdvancedSelector {
  readonly Name?: string;
  readonly FieldSelectors: readonly FieldSelector[];
}

export const selectOperators = ["Equals", "StartsWith", "EndsWith"] as const;
export const deselectOperators = ["NotEquals", "NotStartsWith", "NotEndsWith"] as const;
const operators = [...selectOperators, ...deselectOperators];

export interface FieldSelector extends Partial<
  Record<(typeof operators)[number], readonly string[]>
> {
  readonly Field: string;
}

/** Of a new trail: all management events. */
export const defaultSelectors: EventSelectors = {
  basic: [
    {
      ReadWriteType: "All",
      IncludeManagementEvents: true,
      DataResources: [],
      ExcludeManagementEventSources: [],
    },
  ],
};

export const selectorFields = [
  "eventCategory",
  "eventName",
  "eventSource",
  "eventType",
  "errorCode",
  "readOnly",
  "resources.ARN",
  "resources.type",
  "sessionCredentialFromConsole",
  "userIdentity.arn",
] as const;
const fields: ReadonlySet<string> = new Set(selectorFields);

/** Of basic selectors. */
export const dataResourceTypes = [
  "AWS::S3::Object",
  "AWS::Lambda::Function",
  "AWS::DynamoDB::Table",
] as const;
const resourceTypes: ReadonlySet<string> = new Set(dataResourceTypes);

/** Throws JsonError InvalidEventSelectorsException. */
export function readSelectors(input: JsonInput): EventSelectors {
  const basic = input.inputs("EventSelectors");
  const advanced = input.inputs("AdvancedEventSelectors");
  if (basic.length > 0 && advanced.length > 0) {
    throw badSelectors("A trail has EventSelectors or AdvancedEventSelectors, not both.");
  }
  if (basic.length > trailLimits.basicSelectors) {
    throw badSelectors(`A trail has at most ${trailLimits.basicSelectors} event selectors.`);
  }
  if (basic.length > 0) return { basic: basic.map(readBasic) };
  if (advanced.length === 0) throw badSelectors("Give EventSelectors or AdvancedEventSelectors.");
  const read = advanced.map(readAdvanced);
  const values = read.flatMap(({ FieldSelectors }) =>
    FieldSelectors.flatMap((field) => operators.flatMap((operator) => field[operator] ?? [])),
  );
  if (values.length > trailLimits.advancedValues) {
    throw badSelectors(
      `A trail has at most ${trailLimits.advancedValues} values in its selectors.`,
    );
  }
  return { advanced: read };
}

function readBasic(input: JsonInput): BasicSelector {
  const ReadWriteType = input.text("ReadWriteType") ?? "All";
  if (!isReadWrite(ReadWriteType)) {
    throw badSelectors(`ReadWriteType ${ReadWriteType} is none of All, ReadOnly and WriteOnly.`);
  }
  const DataResources = input.inputs("DataResources").map(readDataResource);
  const count = DataResources.flatMap(({ Values }) => Values).length;
  if (count > trailLimits.dataResources) {
    throw badSelectors(`A selector has at most ${trailLimits.dataResources} data resources.`);
  }
  return {
    ReadWriteType,
    IncludeManagementEvents: input.optionalFlag("IncludeManagementEvents") ?? true,
    DataResources,
    ExcludeManagementEventSources: input.texts("ExcludeManagementEventSources"),
  };
}

function isReadWrite(text: string): text is BasicSelector["ReadWriteType"] {
  return text === "All" || text === "ReadOnly" || text === "WriteOnly";
}

function readDataResource(input: JsonInput): DataResource {
  const Type = input.text("Type") ?? "";
  const Values = input.texts("Values");
  if (!resourceTypes.has(Type)) {
    throw badSelectors(`${Type || "An empty text"} is no type of a data resource.`);
  }
  for (const value of Values) {
    if (Type !== "AWS::S3::Object" || isBucketValue(value)) continue;
    throw badSelectors(
      `Value ${value} for DataResources.Values is invalid. Name a bucket with a slash, as in ` +
        "arn:aws:s3:::bucket/ or arn:aws:s3:::bucket/prefix, or all of them, as in arn:aws:s3.",
    );
  }
  return { Type, Values };
}

function isBucketValue(value: string): boolean {
  return /^arn:aws[a-z-]*:s3(:::([a-z0-9][a-z0-9.-]+\/.*)?)?$/s.test(value);
}

function readAdvanced(input: JsonInput): AdvancedSelector {
  const Name = input.text("Name");
  const FieldSelectors = input.inputs("FieldSelectors").map(readField);
  const category = FieldSelectors.filter(({ Field }) => Field === "eventCategory");
  const [{ Equals: [only = ""] = [] } = {}] = category;
  if (category.length !== 1 || (only !== "Management" && only !== "Data")) {
    throw badSelectors(
      "Each advanced event selector needs one field eventCategory that Equals Management or Data.",
    );
  }
  if (only === "Data" && !FieldSelectors.some(({ Field }) => Field === "resources.type")) {
    throw badSelectors("A selector of data events needs the field resources.type.");
  }
  return { ...(Name !== undefined && { Name }), FieldSelectors };
}

function readField(input: JsonInput): FieldSelector {
  const Field = input.text("Field") ?? "";
  if (!fields.has(Field)) {
    throw badSelectors(`Field ${Field} is none of ${[...fields].join(", ")}.`);
  }
  const conditions = operators.flatMap((operator) => {
    const values = input.texts(operator);
    return values.length === 0 ? [] : [[operator, values] as const];
  });
  if (conditions.length === 0) throw badSelectors(`The field ${Field} has no operator.`);
  const isExact = Field === "eventCategory" || Field === "readOnly" || Field === "resources.type";
  if (isExact && conditions.some(([operator]) => operator !== "Equals")) {
    throw badSelectors(`The field ${Field} takes the operator Equals alone.`);
  }
  return { Field, ...Object.fromEntries(conditions) };
}
