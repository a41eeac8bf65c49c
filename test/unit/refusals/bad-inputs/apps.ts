import { type BadInput, chart, each, otherThan, SECRET } from "./bad-input.ts";

/** Applications that Argo CD keeps in the customer's cluster. */
export const apps: readonly BadInput[] = [
  ...each("apps", "apps", otherThan("{}", "[]")),
  ...each("apps", "apps.a", ["{ a: pricing && 7 }", "{ a: undefined }"]),
  ...each("apps", "apps.a", ["{ a: helmApp({}) }"]),
  ...each("apps", "apps.a.repository", [
    `{ a: helmApp({ ${chart}, repository: "https://u:${SECRET}@git.x.example/a.git" }) }`,
  ]),
  ...each("apps", "apps.a.revision", [`{ a: helmApp({ ${chart}, revision: "main" }) }`]),
  ...each("apps", "apps.a.chart", [`{ a: helmApp({ ${chart}, chart: "../x" }) }`]),
  ...each("apps", "apps.a.valuse", [`{ a: helmApp({ ${chart}, valuse: {} }) }`]),
  {
    places: {
      before: "const circle = {}; circle.circle = circle;",
      apps: `{ a: helmApp({ ${chart}, values: circle }) }`,
    },
    property: "apps.a.values.circle",
  },
  ...each("apps", "apps.a.values.x", [`{ a: helmApp({ ${chart}, values: { x: () => 1 } }) }`]),
  ...each("apps", "apps.a.values", [
    `{ a: helmApp({ ${chart}, values: { db: { password: "${SECRET}" } } }) }`,
    `{ a: helmApp({ ${chart}, values: { url: ["amqp://u:${SECRET}@mq.bank.example"] } }) }`,
    `{ a: helmApp({ ${chart}, values: { image: "" + {} } }) }`,
  ]),
  ...each("apps", 'apps.a.labels["a b"]', [`{ a: helmApp({ ${chart}, labels: { "a b": "c" } }) }`]),
];
