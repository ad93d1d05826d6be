import { afterEach, describe, expect, it } from "vitest";
import { StorageError } from "../core/errors.ts";
import {
  closeServers,
  failure,
  refusal,
  scripted,
  xml,
} from "./testing-fixtures/scripted-admin.ts";

afterEach(closeServers);

describe("order and conflicts", () => {
  it("runs one call at a time on a bucket, and buckets side by side", async () => {
    const one = await scripted(xml("<VersioningConfiguration/>"));
    const client = one.admin();
    await Promise.all([1, 2, 3, 4].map(() => client.read("sims", "versioning")));
    expect(one.most()).toBe(1);
    const many = await scripted(xml("<VersioningConfiguration/>"));
    const other = many.admin();
    await Promise.all(["a1a", "b1b", "c1c"].map((name) => other.read(name, "versioning")));
    expect(many.most()).toBeGreaterThan(1);
  });

  it("waits out another change with growing pauses", async () => {
    const conflict = refusal(409, "OperationAborted");
    const { admin, asked, waits } = await scripted(conflict, conflict, conflict, {});
    await admin().put("sims", "versioning", "Enabled");
    expect(asked).toHaveLength(4);
    expect(waits).toEqual([250, 500, 1000]);
  });

  it("gives up in the end, and other 409s at once", async () => {
    const aborted = await scripted(refusal(409, "OperationAborted"));
    const error = await failure(aborted.admin().put("sims", "versioning", "Enabled"));
    expect(error).toMatchObject({ code: "Conflict", retryable: true });
    expect(aborted.asked).toHaveLength(8);
    const state = await scripted(refusal(409, "InvalidBucketState"));
    await failure(state.admin().put("sims", "versioning", "Suspended"));
    expect(state.asked).toHaveLength(1);
  });

  it("a failed call does not hold up the next", async () => {
    const { admin } = await scripted(refusal(403, "AccessDenied"), {});
    const client = admin();
    const first = failure(client.remove("sims", "policy"));
    const second = client.remove("sims", "policy");
    expect((await first).code).toBe("PermissionDenied");
    await second;
  });
});

describe("errors", () => {
  it.each([
    [301, "PermanentRedirect", "<Endpoint>x</Endpoint><Region>eu-west-1</Region>", "eu-west-1"],
    [400, "MalformedPolicy", "", "role needs its full path"],
    [400, "ExpiredToken", "", "aws sso login"],
    [405, "MethodNotAllowed", "", "another account"],
  ])("%i %s has a remedy", async (status, code, extra, remedy) => {
    const { admin } = await scripted(refusal(status, code, "Invalid principal in policy", extra));
    const error = await failure(admin().put("sims", "policy", "{}"));
    expect(error.s3Code).toBe(code);
    expect(error.remedy).toContain(remedy);
  });

  it("a store that is not there, one without TLS, and one that speaks no S3", async () => {
    const gone = (await scripted()).admin({ endpointUrl: "http://127.0.0.1:1", retryForMs: 0 });
    expect(await failure(gone.headBucket("sims"))).toMatchObject({
      code: "Unavailable",
      retryable: true,
    });
    const { admin } = await scripted({ body: "<html>hello</html>" });
    expect((await failure(admin().read("sims", "versioning"))).code).toBe("NotSupported");
  });

  it("quotes an answer that is not S3's, and not the SDK on itself", async () => {
    const words = "Client sent an HTTP request to an HTTPS server.";
    const { admin } = await scripted({ status: 400, body: `${words}\n` });
    const error = await failure(admin().read("sims", "versioning"));
    expect(error.message).toBe(`GetBucketVersioning of sims: HTTP 400: ${words}`);
    expect(error.remedy).toContain("Write https:");
  });

  it("no credentials, and their own errors, come through", async () => {
    const { admin, asked } = await scripted({});
    const none = admin({ credentials: () => Promise.resolve(undefined) });
    expect((await failure(none.headBucket("sims"))).code).toBe("Unauthenticated");
    const expired = new StorageError("Unauthenticated", "SSO has ended", { remedy: "login" });
    const broken = admin({ credentials: () => Promise.reject(expired) });
    expect(await failure(broken.headBucket("sims"))).toBe(expired);
    expect(asked).toEqual([]);
  });

  it("throws Closed after close", async () => {
    const client = (await scripted({})).admin();
    client.close();
    expect((await failure(client.headBucket("sims"))).code).toBe("Closed");
    expect((await failure(client.getCallerIdentity())).code).toBe("Closed");
  });
});
