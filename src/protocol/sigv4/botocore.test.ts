import { describe, expect, it } from "vitest";
import { parseRequestTarget } from "../request-target.ts";
import { uriEncode } from "../query.ts";
import { presignRequest } from "./presign.ts";
import { signRequest } from "./sign.ts";

/** Signatures made by botocore 1.43.11 with AWS's example keys, 2026-11-24T06:30:05Z. */
const vectors = [
  {
    key: "a//b",
    rawPath: "/bucket/a//b",
    header: "e4d89555310975bbeb15910b790cdcc25a3c661f5e43fbbee1f0f6f1b10b9a77",
    headerWithToken: "10fd1e1811ae8dc74f38518ed121ef09a44b5182185fd8ca9737fb735da25eba",
    query: "1de2bcdf76b7e22e6b9847aab3138e2408e3216509e888fc7ce3a8573c146189",
    queryWithToken: "7427aaac832b0666b1bffa0d861ef4117531a357a415f482066a33118d7f0818",
  },
  {
    key: "/x",
    rawPath: "/bucket//x",
    header: "590daf0cd88a816cc6d94f84883134834c6140f394ceb2dc031c120787c443f4",
    headerWithToken: "dcc6ac049509ba7dc296aea766379c573db6b0c374c71d8147d29aeba395652b",
    query: "1027cdbc4c0fd18f09d24809b9acf958051cf4c4ac74c752e3af3da139590e85",
    queryWithToken: "0f3fa14f9eee56ed5383852e3ef61bf38ee13b9c4c62888d3be610fac5755a52",
  },
  {
    key: "a/../b/./c/",
    rawPath: "/bucket/a/../b/./c/",
    header: "a6d3cbd94e3157bb5e10636afc63dfc70e72178ceaf5775ed4fab2b93a94b451",
    headerWithToken: "c1f28d7d3f398e633832d8ac1893292e0a727cf622985c02d60fc355083210f4",
    query: "e27003218c452fc427bcdb550fd2a1d9affa84567053428416c0c36713669897",
    queryWithToken: "ff8d19b928b2a0442f9bdca684a773c64bc2d28eea8ec196e3bc3dd605223e59",
  },
  {
    key: "sp ace+plus%25=eq&amp",
    rawPath: "/bucket/sp%20ace%2Bplus%2525%3Deq%26amp",
    header: "8759d624db7eaa17f8b853d560b4e3f2491734d6a5125d8d389af547f498d307",
    headerWithToken: "f9f578fa4e1165809007e2620bff9756adb9efa01f98b634deff5895c843cb47",
    query: "ab65cf9f3fee0e3e24a62fb38e9254e0600bff692a9700cd3980086149dbfd5d",
    queryWithToken: "dfed8f0138dfc3fcb18c51dc87a08e864057b1e967fe4ac92e94caeb5c614180",
  },
  {
    key: "ünï/日本/😀",
    rawPath: "/bucket/%C3%BCn%C3%AF/%E6%97%A5%E6%9C%AC/%F0%9F%98%80",
    header: "1a4e456308b943249dd5de33441e79a8ca1af4c6bd701af7d3bd5d7111f5612b",
    headerWithToken: "77c2217ab595356aa05981acaf15f62ec4d3ec4ebddef4f358968bb5192176c5",
    query: "d06db4049b7faa322a7d557c9719a28085bba734fab3cdf01a2dfc9c784b50b1",
    queryWithToken: "0e566aefdcb59c6493c7b3fe7f329797f93993f1a3f3a4dd7abaa50191abc750",
  },
  {
    key: "~!'()*;:@$,",
    rawPath: "/bucket/~%21%27%28%29%2A%3B%3A%40%24%2C",
    header: "b20207d77ec69b2469d6443686306c6f07a534d764376be4bbb5ec36f30256e2",
    headerWithToken: "56733a4fbb7b722c98ac23940fc6c7843e5512ff225ac01c03c5651d4aa4379b",
    query: "5dc0446b0e0b640360044490310fb8a06fd2d6c6230941db809795df9863c3c9",
    queryWithToken: "53ddcaec49fc6393ae38c380b9818dc21fb34fb32ab7a60ac6e470ee9333deae",
  },
  {
    key: "trailing/ ",
    rawPath: "/bucket/trailing/%20",
    header: "aeaa43bf9b42d9f23c9b640058e4b8c24c8d0318117c60e94de2316e8a89ae4b",
    headerWithToken: "d9350298b69a5aa02aa83ed95c3257f9edf6e82dba63c84548edf51c854aca91",
    query: "fca31257bbc7419c9e33f4a541f68e00225d7e70f9c2f1e04426564141d246c0",
    queryWithToken: "7697947a0a51237baac316af431ec32976af696bbee86d75f97d3b948bbbdb45",
  },
] as const;

const secretAccessKey = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const keys = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey };
const session = {
  accessKeyId: "ASIAIOSFODNN7EXAMPLE",
  secretAccessKey,
  sessionToken: "IQoJb3Jp//token==+",
};
const place = { region: "eu-central-1", service: "s3", now: new Date("2026-11-24T06:30:05Z") };
const host = "127.0.0.1:9000";

describe.each(vectors)("botocore's signatures for $key", (vector) => {
  const rawPath = `/bucket/${uriEncode(vector.key, { keepSlash: true })}`;

  it("agree on the path", () => {
    expect(rawPath).toBe(vector.rawPath);
    expect(parseRequestTarget(rawPath, host, []).key).toBe(vector.key);
  });

  it.each([
    [keys, vector.header],
    [session, vector.headerWithToken],
  ])("agree in the header, access key $accessKeyId", (credentials, signature) => {
    const headers = signRequest(
      {
        method: "PUT",
        rawPath,
        rawQuery: "",
        headers: { host, "content-type": "text/plain", "x-amz-meta-a": "  two   spaces " },
      },
      {
        ...place,
        credentials,
        payloadHash: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
      },
    );
    expect(headers["authorization"]).toContain(`Signature=${signature}`);
  });

  it.each([
    [keys, vector.query],
    [session, vector.queryWithToken],
  ])("agree in the query, access key $accessKeyId", (credentials, signature) => {
    const query = presignRequest(
      {
        method: "GET",
        rawPath,
        rawQuery: "versionId=a%2Bb&response-content-type=text%2Fplain",
        headers: { host },
      },
      { ...place, credentials, expiresInSeconds: 600 },
    );
    expect(query).toContain(`X-Amz-Signature=${signature}`);
  });
});
