/** What asks AWS's portal, services that stores do not have, or this machine's files, wherever the bucket is. */
const notOfTheStore =
  /^(?:aws (?:sso|configure|ec2|account|organizations|service-quotas)|sms-storage login)\b/;

/** Each service of AWS has its own host: an endpoint there, such as a VPC's, is that of S3 alone. */
const hostOfAws = /^https?:\/\/[^/]*\.amazonaws\.(?:com(?:\.cn)?|eu)(?:[:/]|$)/i;

/**
 * A remedy's command for the store that was audited: AWS's CLI before 2.13 heeds no variable and no
 * `.env`, and would change the account on AWS. `endpointUrl` undefined: AWS.
 */
export function aimCommand(command: string, endpointUrl: string | undefined): string {
  if (endpointUrl === undefined || notOfTheStore.test(command)) return command;
  if (!/^(?:aws|sms-storage) /.test(command)) return command;
  if (hostOfAws.test(endpointUrl) && /^aws (?!s3(?:api)? )/.test(command)) return command;
  return blockOfAccount(command, endpointUrl) ?? `${command} --endpoint-url ${endpointUrl}`;
}

const putBlock =
  /^aws s3control put-public-access-block --account-id (\d{12}) --public-access-block-configuration ([\w=,]+)$/;

/**
 * The CLI puts the account before the host of S3 Control, whatever it is told, and neither an address of numbers
 * nor a host without such names has it (tried with AWS CLI 1.45). curl signs as S3 wants it.
 */
function blockOfAccount(command: string, endpointUrl: string): string | undefined {
  const [, account, blocks = ""] = putBlock.exec(command) ?? [];
  if (account === undefined) return undefined;
  const elements = blocks.split(",").map((block) => block.replace(/(\w+)=(\w+)/, "<$1>$2</$1>"));
  const document = `<PublicAccessBlockConfiguration>${elements.join("")}</PublicAccessBlockConfiguration>`;
  return (
    "curl --fail-with-body --aws-sigv4 aws:amz:us-east-1:s3" +
    ' --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"' +
    ' ${AWS_SESSION_TOKEN:+-H "x-amz-security-token: $AWS_SESSION_TOKEN"}' +
    ` -H "x-amz-account-id: ${account}" -H "x-amz-content-sha256: UNSIGNED-PAYLOAD"` +
    ` -X PUT --data '${document}'` +
    ` ${endpointUrl.replace(/\/+$/, "")}/v20180820/configuration/publicAccessBlock`
  );
}
