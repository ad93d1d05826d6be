/** What asks AWS's portal, services that stores do not have, or this machine's files, wherever the bucket is. */
const notOfTheStore =
  /^(?:aws (?:sso|configure|ec2|account|organizations|service-quotas)|sms-storage login)\b/;

/** Each service of AWS has its own host: an endpoint there, such as a VPC's, is that of S3 alone. */
const hostOfAws = /^https?:\/\/[^/]*\.amazonaws\.com(?:\.cn)?(?:[:/]|$)/i;

/**
 * A remedy's command for the store that was audited: AWS's CLI before 2.13 heeds no variable and no
 * `.env`, and would change the account on AWS. `endpointUrl` undefined: AWS.
 */
export function aimCommand(command: string, endpointUrl: string | undefined): string {
  if (endpointUrl === undefined || notOfTheStore.test(command)) return command;
  if (!/^(?:aws|sms-storage) /.test(command)) return command;
  if (hostOfAws.test(endpointUrl) && /^aws (?!s3(?:api)? )/.test(command)) return command;
  return `${hostPrefixOff(command)}${command} --endpoint-url ${endpointUrl}`;
}

/**
 * The CLI puts the account before the host of S3 Control, which an address of numbers or a host without
 * such names does not have. Source: AWS SDKs and Tools Reference Guide, AWS_DISABLE_HOST_PREFIX_INJECTION.
 */
function hostPrefixOff(command: string): string {
  return command.startsWith("aws s3control ") ? "AWS_DISABLE_HOST_PREFIX_INJECTION=true " : "";
}
