import { afterEach, describe, expect, it } from "vitest";
import { adminLimits } from "../core/limits.ts";
import {
  type Answer,
  closeServers,
  failure,
  refusal,
  scripted,
  xml,
} from "./testing-fixtures/scripted-admin.ts";

afterEach(closeServers);

const iamError = (status: number, code: string): Answer => ({
  status,
  body:
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code>` +
    "<Message>m</Message></Error></ErrorResponse>",
});

describe("who is asking", () => {
  const identity = xml(
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">' +
      "<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/u</Arn><UserId>AIDA</UserId>" +
      "<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
  );

  it("comes from the store's own STS", async () => {
    const { admin, asked } = await scripted(identity);
    expect(await admin().getCallerIdentity()).toEqual({
      accountId: "123456789012",
      arn: "arn:aws:iam::123456789012:user/u",
      userId: "AIDA",
    });
    expect(asked[0]?.body).toContain("Action=GetCallerIdentity");
  });

  it.each([[refusal(405, "MethodNotAllowed")], [refusal(400, "InvalidArgument")], [xml("<x/>")]])(
    "a store without STS: %j",
    async (answer) => {
      const { admin } = await scripted(answer);
      expect((await failure(admin().getCallerIdentity())).code).toBe("NotSupported");
    },
  );

  it("bad keys are not a missing STS", async () => {
    const { admin } = await scripted({
      status: 403,
      body:
        "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code>" +
        "<Message>no</Message></Error></ErrorResponse>",
    });
    expect(await failure(admin().getCallerIdentity())).toMatchObject({
      code: "Unauthenticated",
      s3Code: "InvalidClientTokenId",
    });
  });

  it.each([200, 403, 500])(
    "an answer of status %i without end is not read to its end",
    async (status) => {
      const { admin } = await scripted({ status, body: "<".repeat(adminLimits.documentBytes + 1) });
      const error = await failure(admin({ retryForMs: 0 }).getCallerIdentity());
      expect(error.message).toContain(`the answer has over ${adminLimits.documentBytes} bytes`);
    },
  );

  it("a role has its path and its id", async () => {
    const { admin } = await scripted(
      xml(
        '<GetRoleResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><GetRoleResult><Role>' +
          "<Path>/aws-reserved/</Path><RoleName>r</RoleName><RoleId>AROA1</RoleId>" +
          "<Arn>arn:aws:iam::123456789012:role/aws-reserved/r</Arn>" +
          "<CreateDate>2026-01-01T00:00:00Z</CreateDate></Role></GetRoleResult></GetRoleResponse>",
      ),
    );
    expect(await admin().getRole("r")).toEqual({
      arn: "arn:aws:iam::123456789012:role/aws-reserved/r",
      roleId: "AROA1",
    });
  });

  it("a missing role or a missing IAM is undefined; a refusal is an error", async () => {
    const { admin } = await scripted(
      iamError(404, "NoSuchEntity"),
      refusal(405, "MethodNotAllowed"),
      iamError(403, "AccessDenied"),
    );
    const client = admin();
    expect(await client.getRole("r")).toBeUndefined();
    expect(await client.getRole("r")).toBeUndefined();
    const denied = await failure(client.getRole("r"));
    expect(denied.code).toBe("PermissionDenied");
    expect(denied.remedy).toContain("iam:GetRole");
  });
});
