import { isObject } from "../aws-json/json-input.ts";
import { error, type Finding, type Path, suggestion } from "./finding.ts";

const types: ReadonlySet<string> = new Set(["AWS", "CanonicalUser", "Federated", "Service"]);

export function validatePrincipal(principal: unknown, path: Path): Finding[] {
  if (principal === "*") return [];
  if (!isObject(principal)) {
    const why =
      "The Principal element contents are not valid. Specify a key-value pair in the Principal element.";
    return [error("INVALID_PRINCIPAL_FORMAT", why, path)];
  }
  const names = Object.keys(principal);
  if (names.length === 0) {
    const why =
      "This statement includes no principals and does not affect the policy. Specify principals.";
    return [suggestion("EMPTY_OBJECT_PRINCIPAL", why, path)];
  }
  return names.flatMap((type) => validateType(type, principal[type], [...path, type]));
}

function validateType(type: string, value: unknown, path: Path): Finding[] {
  if (!types.has(type)) {
    return [error("INVALID_PRINCIPAL_KEY", `The principal key ${type} is not valid.`, path)];
  }
  const isList = Array.isArray(value);
  const values: readonly unknown[] = isList ? value : [value];
  if (values.length === 0) {
    const why =
      "This statement includes no principals and does not affect the policy. Specify principals.";
    return [suggestion("EMPTY_ARRAY_PRINCIPAL", why, path)];
  }
  return values.flatMap((one, index) => validateName(type, one, isList ? [...path, index] : path));
}

function validateName(type: string, name: unknown, path: Path): Finding[] {
  if (typeof name !== "string") {
    const why = "The text does not match the expected JSON data type String.";
    return [error("DATA_TYPE_MISMATCH", why, path)];
  }
  if (type === "AWS" ? name !== "*" && /[*?]/.test(name) : /[*?]/.test(name)) {
    const why = `Wildcards (*, ?) are not supported with the principal key ${type}. Replace the wildcard with a valid principal value.`;
    return [error("UNSUPPORTED_WILDCARD_IN_PRINCIPAL", why, path)];
  }
  if (type === "Service" && !/^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name)) {
    const why =
      "The service principal does not match the expected format. Use the format service.amazonaws.com.";
    return [error("INVALID_SERVICE_PRINCIPAL_FORMAT", why, path)];
  }
  const isKnown =
    name === "*" || /^(\d{12}|arn:aws[a-z-]*:(iam|sts)::[^:]+:.+|A(ROA|IDA)[A-Z0-9]+)$/.test(name);
  if (type === "AWS" && !isKnown) {
    const why =
      "The Principal element contents are not valid. Specify an account, an ARN of IAM or STS, or *.";
    return [error("INVALID_PRINCIPAL_FORMAT", why, path)];
  }
  return [];
}
