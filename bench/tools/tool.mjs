// @ts-check
/** @import { Server } from "../servers.mjs" */

/**
 * What a tool is asked to do; each answers a command line, undefined when the tool cannot.
 * Prefixes end with a slash and have no `s3://bucket/` before them.
 * @typedef {object} Commands
 * @property {(folder: string, prefix: string) => string[]} [upTree]
 * @property {(prefix: string, folder: string) => string[]} [downTree]
 * @property {(file: string, key: string) => string[]} [upFile]
 * @property {(key: string, file: string) => string[]} [downFile]
 * @property {(prefix: string) => string[]} [list] every key below it, one a line
 * @property {(prefix: string) => string[]} [listJson] the same, an object of JSON a line
 * @property {(prefix: string) => string[]} [remove]
 * @property {(folder: string, prefix: string) => string[]} [sync]
 * @property {(folder: string, prefix: string) => string[]} [syncDelete]
 * @property {(key: string) => string[]} [cat] to standard output
 * @property {(key: string) => string[]} [pipe] from standard input
 * @property {(from: string, to: string) => string[]} [copyTree] within the store
 * @property {(from: string, to: string) => string[]} [copyFile] within the store
 * @property {(key: string) => string[]} [presign]
 * @property {() => string[]} [version]
 * @property {(from: string, to: string) => string[]} [copyLocal] from file to file
 * @property {() => string[]} [nothing]
 */

/**
 * @typedef {object} Tool
 * @property {string} name
 * @property {string} version
 * @property {{ up: string, down: string }} integrity what it checks by default, in words
 * @property {boolean} isSlow takes part in one round at the small scale, with a tenth of small objects
 * @property {boolean} [isFloor] not a rival, but the least that the machine needs
 * @property {(server: Server) => Record<string, string>} environment
 * @property {(server: Server) => Commands} commands
 */

/**
 * What the AWS tools read.
 * @param {Server} server
 */
export function awsEnvironment({ key, endpoint, caFile }) {
  return {
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
    AWS_REGION: "us-east-1",
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ENDPOINT_URL: endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    ...(caFile !== undefined && { AWS_CA_BUNDLE: caFile, NODE_EXTRA_CA_CERTS: caFile }),
  };
}
