import type { CredentialVariables } from "../audit/environment-facts.ts";

/** Names of the variables without which the others of a set of keys are of no use. */
export function missingParts(variables: CredentialVariables): readonly string[] {
  const { prefix, keyKind, hasSecret, hasToken } = variables;
  return [
    ...(keyKind === undefined ? [`${prefix}ACCESS_KEY_ID`] : []),
    ...(hasSecret ? [] : [`${prefix}SECRET_ACCESS_KEY`]),
    ...(keyKind === "ASIA" && !hasToken ? [`${prefix}SESSION_TOKEN`] : []),
  ];
}
