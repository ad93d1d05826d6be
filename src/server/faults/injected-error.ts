import { S3Error } from "../../protocol/s3-error.ts";

/** An error on demand: logged as a fault, and no failure of the server's. */
export class InjectedError extends S3Error {}
