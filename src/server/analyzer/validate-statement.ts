import { isObject, type JsonFields } from "../aws-json/json-input.ts";
import { error, type Finding, type Path, securityWarning, suggestion } from "./finding.ts";
import { hasPrincipals, type PolicyAim } from "./policy-type.ts";
import { validateAction } from "./validate-action.ts";
import { validateCondition } from "./validate-condition.ts";
import { validatePrincipal } from "./validate-principal.ts";
import { validateResource } from "./validate-resource.ts";

const elements: ReadonlySet<string> = new Set([
  "Sid",
  "Effect",
  "Principal",
  "NotPrincipal",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Condition",
]);

export function validateStatement(statement: unknown, path: Path, aim: PolicyAim): Finding[] {
  if (!isObject(statement)) return [typeMismatch("Object", path)];
  const unknown = Object.keys(statement)
    .filter((name) => !elements.has(name))
    .map((name) =>
      error("INVALID_POLICY_ELEMENT", `The policy element ${name} is not valid.`, [...path, name]),
    );
  return [
    ...unknown,
    ...validateSid(statement["Sid"], [...path, "Sid"]),
    ...validateEffect(statement["Effect"], path),
    ...validatePrincipals(statement, path, aim),
    ...validateList(statement, "Action", path, (action, at) => validateAction(action, at, aim)),
    ...validateList(statement, "Resource", path, (one, at) => validateResource(one, at, aim)),
    ...validatePassRole(statement, path),
    ...validateCondition(statement["Condition"], [...path, "Condition"]),
  ];
}

function validateSid(sid: unknown, path: Path): Finding[] {
  if (sid === undefined) return [];
  if (typeof sid !== "string") return [typeMismatch("String", path)];
  if (sid !== "") return [];
  return [
    suggestion("EMPTY_SID_VALUE", "Add a value to the empty string in the Sid element.", path),
  ];
}

function validateEffect(effect: unknown, path: Path): Finding[] {
  if (effect === "Allow" || effect === "Deny") return [];
  if (effect === undefined) {
    const why = "Add an Effect element to the policy statement with a value of Allow or Deny.";
    return [error("MISSING_EFFECT", why, path)];
  }
  const at = [...path, "Effect"];
  if (typeof effect !== "string") return [typeMismatch("String", at)];
  return [error("INVALID_EFFECT", `The Effect ${effect} is not valid. Use Allow or Deny.`, at)];
}

function validatePrincipals(statement: JsonFields, path: Path, aim: PolicyAim): Finding[] {
  const names = ["Principal", "NotPrincipal"].filter((name) => name in statement);
  if (!hasPrincipals(aim)) {
    return names.map((name) =>
      error(
        "UNSUPPORTED_PRINCIPAL",
        `The policy type ${aim.type} does not support the Principal element. Remove the Principal element.`,
        [...path, name],
      ),
    );
  }
  const [name] = names;
  if (name === undefined) {
    return [error("MISSING_PRINCIPAL", "Add a Principal element to the policy statement.", path)];
  }
  const findings = names.length > 1 ? [bothElements("Principal", path)] : [];
  if (name === "NotPrincipal" && statement["Effect"] === "Allow") {
    const why =
      "Using Allow with NotPrincipal can be overly permissive. We recommend that you use Principal instead.";
    findings.push(securityWarning("ALLOW_WITH_NOT_PRINCIPAL", why, path));
  }
  return [...findings, ...validatePrincipal(statement[name], [...path, name])];
}

/** An element that is one text or a list of them. */
function validateList(
  statement: JsonFields,
  name: "Action" | "Resource",
  path: Path,
  validate: (text: string, path: Path) => readonly Finding[],
): Finding[] {
  const names = [name, `Not${name}`].filter((one) => one in statement);
  const [present] = names;
  if (present === undefined) {
    const article = name === "Action" ? "an" : "a";
    const why = `Add ${article} ${name} or Not${name} element to the policy statement.`;
    return [error(`MISSING_${name.toUpperCase()}`, why, path)];
  }
  const findings = names.length > 1 ? [bothElements(name, path)] : [];
  const value = statement[present];
  const at = [...path, present];
  if (Array.isArray(value) && value.length === 0) {
    const why = `This statement includes no ${name.toLowerCase()}s and does not affect the policy. Specify ${name.toLowerCase()}s.`;
    return [...findings, suggestion(`EMPTY_ARRAY_${name.toUpperCase()}`, why, at)];
  }
  const isList = Array.isArray(value);
  const values: readonly unknown[] = isList ? value : [value];
  const each = values.flatMap((one, index) => {
    const place = isList ? [...at, index] : at;
    return typeof one === "string" ? validate(one, place) : [typeMismatch("String", place)];
  });
  return [...findings, ...each, ...(isList ? redundant(name, values, at) : [])];
}

function redundant(name: "Action" | "Resource", values: readonly unknown[], path: Path): Finding[] {
  const seen = new Set<unknown>();
  const normal = (one: unknown): unknown =>
    name === "Action" && typeof one === "string" ? one.toLowerCase() : one;
  const repeated = values.filter((one) => seen.has(normal(one)) || seen.add(normal(one)).size < 0);
  const [first] = repeated;
  if (typeof first !== "string") return [];
  const kind = name.toLowerCase();
  const why =
    `The ${repeated.length} ${kind}(s) are redundant because they provide similar permissions. Update the ` +
    `policy to remove the redundant ${kind} such as: ${first}.`;
  return [suggestion(`REDUNDANT_${name.toUpperCase()}`, why, path)];
}

function validatePassRole(statement: JsonFields, path: Path): Finding[] {
  const { Effect, Action, Resource, Condition } = statement;
  if (Effect !== "Allow" || Condition !== undefined) return [];
  const passes = [Action].flat().some((one) => /^iam:passrole$/i.test(String(one)));
  const isOpen = [Resource].flat().some((one) => one === "*");
  if (!passes || !isOpen) return [];
  const why =
    "Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive because it " +
    "allows iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs or " +
    "add the iam:PassedToService condition key to your statement.";
  return [securityWarning("PASS_ROLE_WITH_STAR_IN_RESOURCE", why, path)];
}

function bothElements(name: string, path: Path): Finding {
  const why = `The policy elements ${name} and Not${name} can not be used in the same statement. Remove one of these elements.`;
  return error("UNSUPPORTED_ELEMENT_COMBINATION", why, path);
}

function typeMismatch(wanted: string, path: Path): Finding {
  return error(
    "DATA_TYPE_MISMATCH",
    `The text does not match the expected JSON data type ${wanted}.`,
    path,
  );
}
