import type { Sign } from "./cause-row.ts";
import type { DoctorFacts } from "./doctor-facts.ts";
import type { Symptom } from "./symptom.ts";

/** Undefined: it does not fit. Otherwise what fitted, in words. */
export function matchSign(
  sign: Sign,
  symptom: Symptom,
  facts: DoctorFacts,
): readonly string[] | undefined {
  const { codes, statuses, says, operations, denial, when = [] } = sign;
  const { code, status, message, operation } = symptom;
  const fits =
    isAmong(codes, code) &&
    isAmong(statuses, status) &&
    isAmong(operations, operation) &&
    (says === undefined || says.test(message)) &&
    (denial === undefined || fitsDenial(denial, symptom)) &&
    when.every(({ holds }) => holds(facts, symptom));
  return fits
    ? when.flatMap(({ words, isSilent = false }) => (isSilent ? [] : [words]))
    : undefined;
}

function isAmong<T>(list: readonly T[] | undefined, value: T | undefined): boolean {
  return list === undefined || (value !== undefined && list.includes(value));
}

function fitsDenial(
  { cause, layers, action }: NonNullable<Sign["denial"]>,
  { denial }: Symptom,
): boolean {
  if (denial?.cause !== cause) return false;
  if (layers !== undefined && (denial.layer === undefined || !layers.includes(denial.layer))) {
    return false;
  }
  return action === undefined || action.test(denial.action ?? "");
}

/** The sign in the words of a page. */
export function describeSign({
  sure,
  codes,
  statuses,
  says,
  operations,
  denial,
  when = [],
}: Sign): string {
  const parts = [
    codes && `the code ${codes.map((code) => `\`${code}\``).join(" or ")}`,
    statuses && `HTTP ${statuses.join(" or ")}`,
    denial && describeDenial(denial),
    says && `a text that fits \`${says.source}\``,
    operations && `an answer to ${operations.join(" or ")}`,
    ...when.map(({ words }) => words),
  ];
  return `${parts.filter((part) => part !== undefined).join(", and ")} (${sure})`;
}

function describeDenial({ cause, layers, action }: NonNullable<Sign["denial"]>): string {
  const where = layers === undefined ? "" : ` of the layer ${layers.join(" or ")}`;
  const what = action === undefined ? "" : ` for an action that fits \`${action.source}\``;
  return `a text of AccessDenied that says \`${cause}\`${where}${what}`;
}
