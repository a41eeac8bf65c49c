import { describe, expect, test } from "vitest";
import { checkKubeconfig } from "../../../../constructs/checks/check-kubeconfig.ts";
import { endText, kubeconfigEnds } from "../../../../constructs/checks/credential-ends.ts";
import { certificate } from "../../../support/certificates.ts";
import { testCustomer } from "../../../support/customer.ts";
import { base64, CANARY, kubeconfig } from "../../../support/kubeconfig.ts";
import { expectProblems } from "../../../support/problems.ts";

const DAY = 24 * 3600;
const AUTHORITY_END = "2120-01-01";

/** A token as an API server signs it; the signature is not looked at. */
function token(claims: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "RS256" })}.${part(claims)}.${CANARY}`;
}

function tokenOfDays(left: number, granted = 365): string {
  const now = Math.floor(Date.now() / 1000);
  return token({ iss: "x", sub: "y", iat: now + (left - granted) * DAY, exp: now + left * DAY + 60 });
}

function texts(left: number, granted?: number) {
  return kubeconfigEnds(kubeconfig({ user: { token: tokenOfDays(left, granted) } }))
    .filter(({ part }) => part === "token")
    .map((end) => endText(end, Date.now()));
}

describe("the ends of a credential", () => {
  test("are those of the token and of the authority", () => {
    const ends = kubeconfigEnds(kubeconfig({ user: { token: token({ exp: 1_900_000_000, iat: 1_868_464_000 }) } }));
    expect(ends).toEqual([
      { part: "token", end: 1_900_000_000_000, issued: 1_868_464_000_000 },
      { part: "authority", end: expect.any(Number) },
    ]);
    expect(new Date(ends[1]?.end ?? 0).toISOString()).toContain(AUTHORITY_END.slice(0, 3));
  });

  test("are that of a client certificate in place of a token", () => {
    const user = {
      token: undefined,
      "client-certificate-data": base64(certificate("server")),
      "client-key-data": base64(CANARY),
    };
    expect(kubeconfigEnds(kubeconfig({ user })).map(({ part }) => part)).toEqual(["certificate", "authority"]);
  });

  test.each([
    ["of another kind", CANARY],
    ["with dots", "a.b.c"],
    ["without an end", token({ sub: "y" })],
  ])("are not known of a token %s", (_, text) => {
    expect(kubeconfigEnds(kubeconfig({ user: { token: text } })).map(({ part }) => part)).toEqual(["authority"]);
  });
});

describe("a deployment", () => {
  const definition = testCustomer();

  test.each([2, -5])("refuses a token with %i days left, and does not quote it", (left) => {
    const problems = checkKubeconfig(kubeconfig({ user: { token: tokenOfDays(left) } }), definition);
    expectProblems(problems, {
      property: "credentials.kubeconfig: users[0].user.token",
      received: /^a token that (ends|ended) on \d{4}-\d\d-\d\d$/,
      rule: "one that is valid for at least 3 days",
      fix: "issue a new one for the service account nightlane",
    });
    expect(JSON.stringify(problems)).not.toContain(CANARY);
  });

  test("takes one that is good for some days", () => {
    expect(checkKubeconfig(kubeconfig({ user: { token: tokenOfDays(4) } }), definition)).toEqual([]);
  });

  test("refuses a client certificate that has ended", () => {
    const user = {
      token: undefined,
      "client-certificate-data": base64(certificate("expired")),
      "client-key-data": base64(CANARY),
    };
    const [problem] = checkKubeconfig(kubeconfig({ user }), definition);
    expect(problem?.received).toBe("a client certificate that ended on 2021-01-01");
  });

  test("says when it ends, and warns where a server granted less than was asked for, or little is left", () => {
    expect(texts(364)).toEqual([
      { text: expect.stringMatching(/\(in 364 days, asked for 365 days\)$/), warning: false },
    ]);
    expect(texts(13)[0]?.warning).toBe(true);
    expect(texts(20, 30)).toEqual([
      {
        text: expect.stringMatching(/^the token ends on .*\(in 20 days, asked for 365 days, granted 30\)$/),
        warning: true,
      },
    ]);
  });
});
