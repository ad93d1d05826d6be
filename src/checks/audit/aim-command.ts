/** What asks AWS's portal or writes this machine's files, wherever the bucket is. */
const notOfTheStore = /^aws (?:sso|configure)\b/;

/**
 * A remedy's command for the store that was audited: AWS's CLI before 2.13 heeds no variable and no
 * `.env`, and would change the account on AWS. `endpointUrl` undefined: AWS.
 */
export function aimCommand(command: string, endpointUrl: string | undefined): string {
  if (endpointUrl === undefined || notOfTheStore.test(command)) return command;
  if (!/^(?:aws|sms-storage) /.test(command)) return command;
  return `${command} --endpoint-url ${endpointUrl}`;
}
