import { actionsWithKey } from "../../policy/condition-keys.ts";
import { parseOperator } from "../../policy/condition-operators.ts";
import { isBoolean, readDate, readNetwork, readNumber } from "../../policy/condition-values.ts";
import { isObject } from "../aws-json/json-input.ts";
import { error, type Finding, type Path, suggestion, warning } from "./finding.ts";

export function validateCondition(condition: unknown, path: Path): Finding[] {
  if (condition === undefined) return [];
  if (!isObject(condition)) return [mismatch("Object", path)];
  const operators = Object.keys(condition);
  if (operators.length === 0) {
    const why =
      "This condition block is empty and it does not affect the policy. Specify conditions.";
    return [suggestion("EMPTY_OBJECT_CONDITION", why, path)];
  }
  return operators.flatMap((operator) =>
    validateOperator(operator, condition[operator], [...path, operator]),
  );
}

function validateOperator(operator: string, keys: unknown, path: Path): Finding[] {
  const parsed = parseOperator(operator);
  if (parsed === undefined) {
    const why = `The condition operator ${operator} is not valid. Use a valid condition operator.`;
    return [error("INVALID_CONDITION_OPERATOR", why, path)];
  }
  if (parsed.base === "Null" && parsed.ifExists) {
    const why =
      "The Null condition operator is incompatible with the IfExists suffix. Update the operator or the suffix.";
    return [error("NULL_WITH_IF_EXISTS", why, path)];
  }
  if (!isObject(keys)) return [mismatch("Object", path)];
  return Object.entries(keys).flatMap(([key, value]) => {
    const at = [...path, key];
    return [...validateKey(key, at), ...validateValues(parsed.base, value, at)];
  });
}

function validateKey(key: string, path: Path): Finding[] {
  const [, service, name = ""] = /^([a-z0-9-]+):(.+)$/i.exec(key) ?? [];
  if (service === undefined) {
    const why = "The condition key format is not valid. Use the format service:keyname.";
    return [error("INVALID_CONDITION_KEY_FORMAT", why, path)];
  }
  if (service.toLowerCase() === "s3" && actionsWithKey(key) === undefined) {
    const why = `The condition key s3:${name} does not exist in the service s3. Use a valid condition key.`;
    return [error("INVALID_SERVICE_CONDITION_KEY", why, path)];
  }
  return [];
}

function validateValues(base: string, value: unknown, path: Path): Finding[] {
  const isList = Array.isArray(value);
  const values: readonly unknown[] = isList ? value : [value];
  if (values.length === 0) {
    const why =
      "There are no values for the condition key and it does not affect the policy. Specify conditions.";
    return [suggestion("EMPTY_ARRAY_CONDITION", why, path)];
  }
  return values.flatMap((one, index) => {
    const at = isList ? [...path, index] : path;
    const isValue = typeof one === "string" || typeof one === "number" || typeof one === "boolean";
    return isValue ? validateValue(base, String(one), at) : [mismatch("String", at)];
  });
}

function validateValue(base: string, value: string, path: Path): Finding[] {
  if (value.includes("${") || isOfKind(base, value)) return [];
  if (base === "Bool" || base === "Null") return [notBoolean(base, path)];
  if (base.startsWith("Date")) return [notDate(path)];
  if (base.endsWith("IpAddress")) return [notRange(base, path)];
  if (base.startsWith("Numeric")) {
    const why = `Add a numeric value for the condition operator ${base}.`;
    return [warning("TYPE_MISMATCH_NUMBER", why, path)];
  }
  const why =
    "Your condition value includes a * or ? character. If you meant to use a wildcard (*, ?), update the " +
    "condition operator to include Like.";
  return [warning("WILDCARD_WITHOUT_LIKE_OPERATOR", why, path)];
}

/** Whether the operator can compare it as it is meant. */
function isOfKind(base: string, value: string): boolean {
  if (base === "Bool" || base === "Null") return isBoolean(value);
  if (base.startsWith("Date")) return readDate(value) !== undefined;
  if (base.endsWith("IpAddress")) return readNetwork(value) !== undefined;
  if (base.startsWith("Numeric")) return readNumber(value) !== undefined;
  return !/^String(Not)?Equals/.test(base) || !/[*?]/.test(value);
}

function notBoolean(base: string, path: Path): Finding {
  const why = `Add a boolean value (true or false) for the condition operator ${base}.`;
  return warning("TYPE_MISMATCH_BOOLEAN", why, path);
}

function notDate(path: Path): Finding {
  const why =
    "The date condition operator is used with an invalid value. Specify a valid date using the format " +
    "YYYY-MM-DD or other ISO 8601 date/time format.";
  return warning("TYPE_MISMATCH_DATE", why, path);
}

function notRange(base: string, path: Path): Finding {
  const why =
    `The condition operator ${base} is used with an invalid IP range value. Specify the IP range in ` +
    "standard CIDR format.";
  return error("TYPE_MISMATCH_IP_RANGE", why, path);
}

function mismatch(wanted: string, path: Path): Finding {
  return error(
    "DATA_TYPE_MISMATCH",
    `The text does not match the expected JSON data type ${wanted}.`,
    path,
  );
}
